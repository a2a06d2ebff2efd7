"""The Python package reconciler matches a column of a data frame with /reconcile."""

import numpy as np
import pandas as pd
import pytest
from reconciler import reconcile


@pytest.mark.filterwarnings("ignore:The inplace keyword")  # it is older than pandas 3
def test_a_column_is_matched(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names in English and Chinese, one of them misspelt, find their concepts, in order."""
    monkeypatch.setattr(np, "NaN", np.nan, raising=False)  # it is older than NumPy 2
    names = ["crisis of authority", "管理危机", "process reenginering", "none such at all"]

    found = reconcile(
        pd.Series(names), type_id="skos:Concept", reconciliation_endpoint=f"{address}/reconcile"
    )

    assert list(found["input_value"]) == names
    assert [str(each).rpartition("/")[2] for each in found["id"][:3]] == [
        "authority-crisis",
        "management-crisis",
        "process-reengineering",
    ]
    assert list(found["match"])[:2] == [True, True]
    assert found["match"].iloc[3] is not True
