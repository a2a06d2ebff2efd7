"""Our own clients: the Python package with and without a service, and the command line."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import govkg
from govkg.access import Access
from govkg.errors import (
    GovkgError,
    NotConformingError,
    NotEntailedError,
    NotFoundError,
    QuerySyntaxError,
    ServiceUnreachableError,
)

ROOT = Path(__file__).parents[2]
NAGA = ROOT / "examples" / "cases" / "valid" / "naga-city.ttl"
BROKEN = ROOT / "examples" / "cases" / "invalid" / "case-without-start-date.ttl"
SELECT = "SELECT ?c ?n { ?c a gov:GovernanceCase BIND(1.5 AS ?n) } ORDER BY ?c"


@dataclass(frozen=True)
class House:
    """A service, and a token."""

    url: str
    token: str
    data: Path

    def client(self) -> govkg.Client:
        """Return a client that may hand in and review."""
        return govkg.Client(self.url, token=self.token)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Run a service with a token for handing in and reviewing."""
    from ..conftest import wait_until_ready

    folder = tmp_path_factory.mktemp("house")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = Access(folder / "tokens.json").create("lab", ("submit", "review"))[1]
    environment = os.environ | {"GOVKG_PORT": str(port), "GOVKG_DATA_DIR": str(folder)}
    environment |= {"GOVKG_WORKERS": "1", "GOVKG_DRAIN_SECONDS": "0"}
    log = folder / "log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "govkg", "serve"]
        service = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
        try:
            wait_until_ready(service, f"http://127.0.0.1:{port}/readyz", log)
            yield House(f"http://127.0.0.1:{port}", token, folder)
        finally:
            service.terminate()
            service.wait(timeout=30)


@pytest.fixture(scope="module")
def kg() -> govkg.KG:
    """Load the graph without a service."""
    return govkg.KG.load()


def new_case(folder: Path, name: str) -> Path:
    """Write a case that conforms, under another name."""
    path = folder / f"{name}.ttl"
    path.write_text(NAGA.read_text("utf-8").replace("/case/naga-city", f"/case/{name}"), "utf-8")
    return path


def test_both_answer_alike(house: House, kg: govkg.KG) -> None:
    """Queries, reports, explanations and lists are the same with and without a service."""
    with house.client() as client:
        for query in (SELECT, "ASK { ?s gov:adopts ?o }"):
            assert client.query(query) == kg.query(query)
        assert isinstance(client.query("DESCRIBE gc:authority-crisis"), str)
        for path in (NAGA, BROKEN):
            assert client.validate(path).findings == kg.validate(path).findings
        terms = ("gc:slow-approval", "gov:isSymptomOf", "gc:management-crisis")
        assert client.explain(*terms)["statement"] == kg.explain(*terms)["statement"]
        assert client.cases() == kg.cases()
        concluded = [
            sorted(each["value"] for case in found["cases"] for each in case["classes"])
            for found in (client.diagnose(NAGA), kg.diagnose(NAGA))
        ]
        assert concluded[0] == concluded[1] != []
        for text in ("The pilot met a crisis of authority. 流程再造。", ""):
            assert client.annotate(text, source="urn:x:y") == kg.annotate(text, source="urn:x:y")
            assert client.draft(text)["draft"] == kg.draft(text)["draft"]


def test_results_are_typed(kg: govkg.KG) -> None:
    """Rows have plain values, and become data frames."""
    table = kg.query(SELECT)
    assert not isinstance(table, bool | str)

    assert table.columns == ("c", "n")
    assert next(iter(table))["n"] == 1.5
    frame = table.to_frame()
    assert (list(frame.columns), len(frame)) == (["c", "n"], len(table))
    assert set(kg.validate(BROKEN).to_frame()["severity"]) >= {"violation"}


def test_both_raise_alike(house: House, kg: govkg.KG) -> None:
    """What goes wrong is the same error with the same facts."""
    with house.client() as client:
        for each in (client, kg):
            with pytest.raises(QuerySyntaxError) as caught:
                each.query("SELECT ?x\nWHERE oops")
            assert caught.value.facts["line"] == 2
            with pytest.raises(NotEntailedError):
                each.explain("gc:slow-approval", "gov:isSymptomOf", "gc:slow-approval")
            with pytest.raises(NotFoundError):
                each.validate("no-such-file.ttl")


def test_handing_in(house: House, tmp_path: Path) -> None:
    """A case goes from a file to the graph, and away again; a second try with a key is one case."""
    path = new_case(tmp_path, "by-python")
    with house.client() as client:
        receipt = client.submit(path, message="first", key="k1")
        assert client.submit(path, message="first", key="k1") == receipt
        with pytest.raises(NotConformingError) as caught:
            client.submit(BROKEN)
        client.review("by-python", "publish")
        assert client.query("ASK { case:by-python gov:adopts ?m }") is True
        client.withdraw("by-python", "a mistake")
        events = [event["state"] for event in client.history("by-python")]

    assert not caught.value.report.conforms
    assert events == ["submitted", "published", "withdrawn"]


def test_nobody_there() -> None:
    """That no service answers is said, with its address."""
    with (
        govkg.Client("http://127.0.0.1:9") as client,
        pytest.raises(ServiceUnreachableError, match=r"127\.0\.0\.1:9"),
    ):
        client.query("ASK {}")


def test_the_command_line(house: House, tmp_path: Path) -> None:
    """submit, cases and audit: what is printed, and the exit codes."""
    good, token = new_case(tmp_path, "by-command"), tmp_path / "token"
    token.write_text(house.token + "\n")
    at = ("--at", house.url, "--token-file", str(token))

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "govkg", *arguments]
        own = os.environ | {"GOVKG_DATA_DIR": str(house.data)}
        return subprocess.run(
            command, capture_output=True, text=True, timeout=120, check=False, env=own
        )

    sent = run("submit", str(good), "--to", house.url, "--token-file", str(token), "--json")
    broken = run("submit", str(BROKEN), *at)
    listed = run("cases", "list", *at)
    shown = run("cases", "show", "by-command", *at)
    gone = run("cases", "withdraw", "by-command", "--message", "a test", *at)
    history = run("cases", "history", "by-command", *at)
    audit = run("audit", "--json")

    assert (sent.returncode, json.loads(sent.stdout)["cases"][0]["state"]) == (0, "submitted")
    assert (broken.returncode, "does not conform" in broken.stdout) == (1, True)
    assert "by-command  submitted" in listed.stdout
    assert json.loads(shown.stdout)["id"] == "by-command"
    assert gone.returncode == 0
    assert "withdrawn  by lab" in history.stdout or "withdrawn  lab: a test" in history.stdout
    assert json.loads(audit.stdout)[0]["action"] == "withdraw"
    assert run("cases", "show", "none", "--at", house.url).returncode == 1


def test_the_page_is_true(house: House, tmp_path: Path) -> None:
    """Every block of docs/python.md runs."""
    text = (ROOT / "docs" / "python.md").read_text("utf-8")
    names = {
        "example": new_case(tmp_path, "by-page"), "url": house.url, "token": house.token,
    }  # fmt: skip
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)

    for block in blocks:
        exec(block, names)  # noqa: S102 # our own page
    names["client"].close()  # type: ignore[attr-defined]

    assert len(blocks) == 2
    assert issubclass(NotConformingError, GovkgError)
