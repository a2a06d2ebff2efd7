"""The harvester of CKAN reads /catalog and makes packages of it."""

import json
import subprocess
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-ckan" / "bin" / "python"
SCRIPT = Path(__file__).with_name("ckan_reading.py")

pytestmark = pytest.mark.skipif(
    not PYTHON.exists(), reason="the harvester of CKAN is not installed (make harvester)"
)


def fetched(url: str, accept: str) -> str:
    """Return a document of the service."""
    with urlopen(Request(url, headers={"Accept": accept}), timeout=60) as answer:
        return str(answer.read().decode())


def packages(catalogue: str, profile: str) -> list[dict[str, Any]]:
    """Return what the harvester makes of a catalogue in Turtle."""
    done = subprocess.run(
        [PYTHON, SCRIPT, profile], input=catalogue, capture_output=True, encoding="utf-8",
        timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


@pytest.mark.parametrize("profile", ["euro_dcat_ap_2", "euro_dcat_ap_3"])
def test_ckan_makes_packages_of_the_catalogue(address: str, profile: str) -> None:
    """Each dataset is a package with title, words and licence, each file a resource as it is."""
    files = {
        file["name"]: file
        for file in json.loads(fetched(f"{address}/dumps", "application/json"))["files"]
    }

    found = packages(fetched(f"{address}/catalog", "text/turtle"), profile)

    assert len(found) == 5
    assert all(each["title"] and each["notes"] and each["tags"] for each in found)
    resources = [resource for each in found for resource in each["resources"]]
    assert {resource["name"] for resource in resources} <= files.keys()
    for resource in resources:
        file = files[resource["name"]]
        assert (resource["size"], resource["hash"]) == (file["bytes"], file["sha256"])
        assert resource["download_url"] == f"{address}/dumps/{file['name']}"
        assert resource["license"].startswith("https://creativecommons.org/licenses/by/4.0/")
