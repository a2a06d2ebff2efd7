"""A backup holds the life of every case: handed in, decided, withdrawn, and who did what."""

import shutil
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from govkg.backups import back_up, restore
from govkg.settings import Settings

from .handing import TURTLE, application, case, header, running
from .scratch import ask

NAMES = ("waits", "shown", "sent-back", "gone")
Who = dict[str, str]


def quiet(_: str) -> None:
    """Tell nobody."""


def hand_in(client: TestClient, who: Who, name: str) -> Any:
    """Hand in a case, always by the same key; return its receipt without the report."""
    sent = who | TURTLE | {"idempotency-key": name, "accept": "application/json"}
    response = client.post("/cases", content=case(name), headers=sent)
    assert response.status_code == 201, response.text
    return {key: value for key, value in response.json().items() if key != "report"}


def decide(client: TestClient, who: Who, name: str, decision: str) -> None:
    """Publish a case, send it back, or publish and withdraw it."""
    address = f"/cases/{name}"

    def tag() -> Who:
        return who | {"if-match": client.get(address, headers=who).headers["etag"]}

    told = {"decision": "publish" if decision == "withdraw" else decision, "message": "so be it"}
    assert client.post(f"{address}/review", json=told, headers=tag()).status_code == 200
    if decision == "withdraw":
        assert client.delete(f"{address}?message=no", headers=tag()).status_code == 204


def told(client: TestClient, owner: Who, curator: Who) -> dict[str, Any]:
    """Return all that can be read of the cases: by anybody, by their owner, by a curator."""
    found: dict[str, Any] = {}
    for name in NAMES:
        paths = (name, f"{name}/history", f"{name}/versions/1", f"{name}/versions/1/original")
        for path in paths:
            for who in (owner, curator, {}):
                response = client.get(f"/cases/{path}", headers=who | {"accept": "*/*"})
                text = "" if response.status_code >= 400 else response.text
                found[f"{path} {len(found)}"] = (response.status_code, text)
    found["mine"] = client.get("/submissions", headers=owner).json()
    found["audit"] = application(client).state.service.journal.audit()
    found["public"] = [ask(client, f"case:{name} ?p ?o") for name in NAMES]
    return found


def test_the_journal_outlives_the_loss_of_all_data(tmp_path: Path) -> None:
    """After a restore there are the same cases, histories, documents, receipts and audit log."""
    folder, archive = tmp_path / "data", tmp_path / "backup.zip"
    with running(folder) as client:
        app = application(client)
        owner = header(app, "submit")
        curator = header(app, "review", "submit", name="curator")
        receipts = [hand_in(client, owner, name) for name in NAMES]
        for name, decision in zip(NAMES[1:], ("publish", "return", "withdraw"), strict=True):
            decide(client, curator, name, decision)
        settings: Settings = app.state.service.settings
        back_up(settings, archive, quiet)
        before = told(client, owner, curator)
    shutil.rmtree(folder)

    restore(settings, archive, quiet)

    with running(folder) as client:
        assert told(client, owner, curator) == before
        assert [hand_in(client, owner, name) for name in NAMES] == receipts
        hand_in(client, owner, "later")
    assert before["public"] == [False, True, False, False]
    assert {entry["action"] for entry in before["audit"]} >= {"submit", "publish", "withdraw"}
