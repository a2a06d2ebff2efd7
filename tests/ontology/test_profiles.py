"""Each file lies in the OWL 2 profiles that ontology/README.md promises, measured by OWLAPI."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
ALL = frozenset({"DL", "EL", "RL"})
# A file is measured with all that it imports; what is not listed here lies in all three.
LESS = {"characteristics.ttl": frozenset({"DL", "RL"}), "dl.ttl": frozenset({"DL"})}
FILES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "ontology").rglob("*.ttl"))


@pytest.fixture(scope="module")
def violations(ask_java: Callable[..., Any]) -> dict[str, dict[str, list[str]]]:
    """Return what keeps each file out of each profile."""
    answer: dict[str, dict[str, list[str]]] = ask_java("profiles", *FILES)
    return answer


@pytest.mark.parametrize("file", FILES)
def test_file_lies_in_its_profiles(file: str, violations: dict[str, dict[str, list[str]]]) -> None:
    """The file lies in exactly the profiles promised for it."""
    promised = LESS.get(Path(file).name, ALL) if "/profiles/" in file else ALL

    inside = {profile for profile, found in violations[file].items() if not found}
    assert inside == promised, {p: violations[file][p][:3] for p in promised - inside}
