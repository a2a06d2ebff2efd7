"""The life of a case over HTTP: handed in, reviewed, published, changed, withdrawn."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from typing import Any

import pytest
from pyoxigraph import RdfFormat, parse
from starlette.testclient import TestClient

from govkg.journal import Incoming, Note, Sent

from .handing import TURTLE, application, case, header, running
from .scratch import ask

_NUMBERS = count(1)
BARE = "<https://w3id.org/govkg/case/{name}> a <https://w3id.org/govkg/ontology#GovernanceCase> ."
"""A case that says nothing of itself."""


@dataclass(frozen=True)
class House:
    """A service, and the people who use it."""

    client: TestClient
    submitter: dict[str, str]
    other: dict[str, str]
    curator: dict[str, str]

    def hand_in(self, text: str, query: str = "", **headers: str) -> Any:
        """Hand in a document as the submitter."""
        sent = self.submitter | TURTLE | headers
        return self.client.post(f"/cases{query}", content=text, headers=sent)

    def new(self) -> str:
        """Hand in a new case, and return its id."""
        name = f"town-{next(_NUMBERS)}"
        response = self.hand_in(case(name))
        assert response.status_code == 201, response.text
        return name

    def tag(self, name: str, who: dict[str, str] | None = None) -> dict[str, str]:
        """Return the If-Match of a case as it is now."""
        response = self.client.get(f"/cases/{name}", headers=who or self.submitter)
        return {"if-match": response.headers["etag"]}

    def review(self, name: str, decision: str, message: str = "") -> Any:
        """Decide as the curator."""
        return self.client.post(
            f"/cases/{name}/review",
            json={"decision": decision, "message": message},
            headers=self.curator | self.tag(name, self.curator),
        )

    def published(self) -> str:
        """Hand in and publish a new case, and return its id."""
        name = self.new()
        assert self.review(name, "publish").status_code == 200
        return name

    def change(self, name: str, title: str, who: dict[str, str] | None = None) -> Any:
        """Hand in a new version."""
        sent = (who or self.submitter) | TURTLE | self.tag(name)
        return self.client.put(f"/cases/{name}", content=case(name, title=title), headers=sent)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Return a service with a submitter, another one, and a curator."""
    with running(tmp_path_factory.mktemp("house")) as client:
        app = application(client)
        yield House(
            client,
            header(app, "submit", name="lab"),
            header(app, "submit", name="elsewhere"),
            header(app, "review", name="curator"),
        )


def test_a_case_is_kept_and_not_yet_public(house: House) -> None:
    """201, Location and a receipt with the hash of what was sent; readers see nothing of it."""
    response = house.hand_in(case("kept"), "?message=first")

    told = response.json()
    assert (response.status_code, told["cases"][0]["state"]) == (201, "submitted")
    assert response.headers["location"] == "http://testserver/cases/kept"
    assert told["sha256"] == sha256(case("kept").encode()).hexdigest()
    assert told["report"]["conforms"] is True
    assert not ask(house.client, "case:kept ?p ?o")
    assert house.client.get("/case/kept").status_code == 404


def test_a_case_that_does_not_conform_is_a_422_with_the_report(house: House) -> None:
    """The report comes in the form that is wanted, and nothing is kept."""
    text = "<https://w3id.org/govkg/case/bare> a <https://w3id.org/govkg/ontology#GovernanceCase> ."

    for accept in ("application/json", "text/plain", "text/turtle", "text/html"):
        response = house.hand_in(text, accept=accept)
        assert response.status_code == 422
        assert response.headers["content-type"].startswith(accept)
    assert json.loads(house.hand_in(text).content)["conforms"] is False
    assert house.client.get("/cases/bare", headers=house.curator).status_code == 404


def test_published_by_a_curator(house: House) -> None:
    """Once it is published, the page, queries, search and the list of cases have it."""
    name = house.new()

    response = house.review(name, "publish", "Sources checked")

    assert (response.status_code, response.json()["state"]) == (200, "published")
    assert ask(house.client, f"case:{name} gov:adopts ?m . GRAPH graph:inferred {{ ?m ?p ?o }}")
    assert house.client.get(f"/case/{name}").status_code == 200
    assert house.client.get(f"/cases/{name}").json()["state"] == "published"
    assert name in house.client.get("/cases", headers={"accept": "application/json"}).text


def test_returned_with_a_message(house: House) -> None:
    """The submitter reads what to mend; a message is needed."""
    name = house.new()
    assert house.review(name, "return").status_code == 400

    assert house.review(name, "return", "Page numbers are missing").status_code == 200

    mine = house.client.get(f"/cases/{name}/history", headers=house.submitter).json()
    assert mine["events"][-1]["message"] == "Page numbers are missing"
    assert house.client.get(f"/cases/{name}", headers=house.submitter).json()["state"] == "returned"
    assert house.review(name, "publish").status_code == 409


def test_a_new_version_waits_while_the_old_one_is_public(house: House) -> None:
    """What is published stays until the new version is; then that is superseded."""
    name = house.published()
    assert house.change(name, "Changed title").status_code == 200
    assert not ask(house.client, f"case:{name} dcterms:title ?t FILTER CONTAINS(?t, 'Changed')")
    assert ask(house.client, f"case:{name} dcterms:title ?t FILTER CONTAINS(?t, 'Robredo')")

    assert house.review(name, "take").json()["state"] == "under-review"
    assert house.review(name, "publish").status_code == 200

    assert ask(house.client, f"case:{name} dcterms:title ?t FILTER CONTAINS(?t, 'Changed')")
    assert not ask(house.client, f"case:{name} dcterms:title ?t FILTER CONTAINS(?t, 'Robredo')")
    versions = house.client.get(f"/cases/{name}/history").json()["versions"]
    assert [each["state"] for each in versions] == ["superseded", "published"]


def test_every_version_has_an_address_and_differences(house: House) -> None:
    """Both versions can be read, their originals byte by byte, and what changed between them."""
    name = house.published()
    house.change(name, "Another title")
    house.review(name, "publish")

    one, two = (
        house.client.get(f"/cases/{name}/versions/{n}", headers={"accept": "text/turtle"})
        for n in (1, 2)
    )
    original = house.client.get(f"/cases/{name}/versions/1/original", headers=house.submitter)
    changed = house.client.get(f"/cases/{name}/differences?from=1&to=2").json()

    assert "Robredo reforms" in one.text
    assert "Another title" in two.text
    assert original.text == case(name)
    assert [len(changed[key]) for key in ("removed", "added")] == [1, 1]
    assert "Another title" in changed["added"][0]
    assert house.client.get(f"/cases/{name}/versions/1/original").status_code == 403


def test_the_history_is_prov(house: House) -> None:
    """In RDF the history names the entities, activities and agents of PROV-O."""
    name = house.published()
    response = house.client.get(f"/cases/{name}/history", headers={"accept": "text/turtle"})

    predicates = {quad.predicate.value for quad in parse(response.content, RdfFormat.TURTLE)}
    prov = "http://www.w3.org/ns/prov#"
    wanted = ("wasAttributedTo", "wasGeneratedBy", "wasAssociatedWith", "endedAtTime")
    assert {prov + each for each in wanted} <= predicates


def test_withdrawn_for_good(house: House) -> None:
    """It leaves the graph; its address says who, when and why; its history stays; no id twice."""
    name = house.published()
    gone = house.client.delete(
        f"/cases/{name}?message=Consent%20was%20revoked",
        headers=house.submitter | house.tag(name),
    )

    tombstone = house.client.get(f"/cases/{name}")

    assert gone.status_code == 204
    assert not ask(house.client, f"case:{name} ?p ?o")
    assert house.client.get(f"/case/{name}").status_code == 410
    assert (tombstone.status_code, tombstone.json()["why"]) == (410, "Consent was revoked")
    assert tombstone.json()["by"] == "lab"
    assert house.client.get(f"/cases/{name}/history").status_code == 200
    assert house.client.get(f"/cases/{name}/versions/1").status_code == 410
    assert house.client.get(f"/cases/{name}/versions/1", headers=house.curator).status_code == 200
    assert house.hand_in(case(name)).status_code == 410


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_changes_name_what_they_change(house: House, method: str) -> None:
    """Without If-Match there is a 428, with an old one a 412, with no tag a 400."""
    name = house.new()
    old = house.tag(name)
    house.change(name, "Newer")

    def send(tag: dict[str, str]) -> int:
        sent = house.submitter | TURTLE | tag
        body = case(name) if method == "PUT" else None
        return house.client.request(
            method, f"/cases/{name}", content=body, headers=sent
        ).status_code

    assert [send({}), send(old), send({"if-match": "W/" + old["if-match"]})] == [428, 412, 412]
    assert send({"if-match": "nonsense"}) == 400
    assert send(house.tag(name)) in (200, 204)


def test_a_retry_gives_the_same_receipt(house: House) -> None:
    """An Idempotency-Key makes one case of two requests; for another document it is refused."""
    key = {"idempotency-key": "a1b2"}
    first = house.hand_in(case("once"), **key)
    again = house.hand_in(case("once"), **key)
    without = house.hand_in(case("once"))
    different = house.hand_in(case("twice"), **key)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert without.status_code == 409
    assert (different.status_code, different.json()["code"]) == (422, "key-reused")


def test_two_writers_never_overwrite_each_other(house: House) -> None:
    """Of many who change the same revision one succeeds, and the others are told."""
    name = house.new()
    tag = house.tag(name)

    def send(number: int) -> int:
        return house.client.put(
            f"/cases/{name}",
            content=case(name, title=f"Writer {number}"),
            headers=house.submitter | TURTLE | tag,
        ).status_code

    with ThreadPoolExecutor(4) as pool:
        found = sorted(pool.map(send, range(4)))

    assert found == [200, 412, 412, 412]


def test_many_cases_in_one_document(house: House) -> None:
    """All of them are kept, or none; each with what is said of it alone."""
    both = house.hand_in(case("pair-a") + case("pair-b", title="The other"))
    clash = house.hand_in(case("pair-c") + case("pair-b"))

    assert [each["id"] for each in both.json()["cases"]] == ["pair-a", "pair-b"]
    assert clash.status_code == 409
    assert house.client.get("/cases/pair-c", headers=house.curator).status_code == 404
    turtle = {"accept": "application/n-triples"} | house.submitter
    content = house.client.get("/cases/pair-a/versions/1", headers=turtle).text
    assert "case/pair-b" not in content
    assert "place/naga-city" in content


def test_a_dry_run_keeps_nothing(house: House) -> None:
    """It says what would happen, with the report."""
    response = house.hand_in(case("dry"), "?dryRun=true")

    assert (response.status_code, response.json()["cases"][0]["id"]) == (200, "dry")
    assert house.client.get("/cases/dry", headers=house.curator).status_code == 404


def test_a_draft_need_not_conform(house: House) -> None:
    """It is kept for its owner alone, and cannot be handed in before it conforms."""
    text = "<> a <https://w3id.org/govkg/ontology#GovernanceCase> ."
    kept = house.hand_in(text, "?draft=true").json()["cases"][0]
    name = kept["id"]

    assert kept["state"] == "draft"
    assert house.client.get(f"/cases/{name}").status_code == 404
    assert house.client.get(f"/cases/{name}", headers=house.other).status_code == 404
    tag = house.submitter | house.tag(name)
    assert house.client.post(f"/cases/{name}/submit", headers=tag).status_code == 409
    put = house.client.put(f"/cases/{name}?draft=true", content=case(name), headers=tag | TURTLE)
    tag = house.submitter | {"if-match": put.headers["etag"]}
    assert house.client.post(f"/cases/{name}/submit", headers=tag).json()["state"] == "submitted"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<urn:a> <urn:b> <urn:c> .", "parameter"),
        (case("UPPER"), "parameter"),
        (case("fine") + "<https://w3id.org/govkg/case/naga-city> a <urn:x> .", "unsafe-input"),
        (case("fine") + "<https://w3id.org/govkg/graph/x> a <urn:x> .", "unsafe-input"),
        ("oops", "document-syntax"),
    ],
    ids=["no case", "bad id", "another case", "a graph", "syntax"],
)
def test_refuses_documents(house: House, body: str, code: str) -> None:
    """What cannot be kept as a case of its own is a 400 that says why."""
    response = house.hand_in(body)

    assert (response.status_code, response.json()["code"]) == (400, code)


def test_the_examples_cannot_be_changed(house: House) -> None:
    """The cases that come with the service are published, and fixed."""
    assert house.hand_in(case("naga-city")).status_code == 409
    tag = {"if-match": "*"} | TURTLE
    put = house.client.put("/cases/naga-city", content="", headers=house.submitter | tag)
    delete = house.client.delete("/cases/naga-city", headers=house.submitter | tag)
    review = house.client.post(
        "/cases/naga-city/review", json={"decision": "return"}, headers=house.curator | tag
    )

    assert [put.status_code, delete.status_code, review.status_code] == [403, 403, 403]
    assert house.client.get("/cases/naga-city").json()["bundled"] is True


def test_who_may_do_what(house: House, client: TestClient) -> None:
    """Nobody without the scope, nobody with the case of somebody else, nobody without tokens."""
    name = house.published()
    anonymous = house.client.post("/cases", content=case("x"), headers=TURTLE)
    closed = client.post("/cases", content=case("x"), headers=TURTLE)
    stranger = house.client.delete(f"/cases/{name}", headers=house.other | {"if-match": "*"})
    review = house.client.post(
        f"/cases/{name}/review",
        json={"decision": "take"},
        headers=house.submitter | {"if-match": "*"},
    )

    assert [anonymous.status_code, closed.status_code] == [401, 403]
    assert [stranger.status_code, review.status_code] == [403, 403]


def test_lists_for_curators_and_submitters(house: House) -> None:
    """A curator sees what waits, a submitter what is theirs, and nobody else either."""
    name = house.new()

    queue = house.client.get("/review", headers=house.curator).json()["cases"]
    mine = house.client.get("/submissions", headers=house.submitter).json()["cases"]
    theirs = house.client.get("/submissions", headers=house.other).json()["cases"]

    assert name in [each["id"] for each in queue]
    assert name in [each["id"] for each in mine]
    assert theirs == []
    assert house.client.get("/review").status_code == 401
    assert house.client.get("/review", headers=house.submitter).status_code == 403


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_pages(house: House, lang: str) -> None:
    """Each page of a case comes in both languages."""
    name = house.published()
    assert house.change(name, "Second").is_success
    html = {"accept": "text/html"} | house.curator

    for path in ("", "/history", "/versions/1", "/differences?from=1&to=2"):
        mark = "&" if "?" in path else "?"
        page = house.client.get(f"/cases/{name}{path}{mark}lang={lang}", headers=html)
        assert page.status_code == 200, page.text
        assert "<h1>" in page.text
    assert name in house.client.get(f"/review?lang={lang}", headers=html).text


def test_lists_ask_the_journal_once(house: House) -> None:
    """With 2,000 cases of somebody, their list takes one statement; the public list takes none."""
    app = application(house.client)
    service = app.state.service
    many = header(app, "submit", name="many")
    owner = Note(service.access.identify(many["authorization"]).id, "many")
    cases = [Incoming(f"m{n}", f"urn:m{n}", "", b"") for n in range(2000)]
    service.journal.hand_in(Sent(b"", "turtle", "text/turtle"), cases, owner, conforms=True)
    asked: list[str] = []
    service.journal._database._open.set_trace_callback(asked.append)
    try:
        mine = house.client.get("/submissions", headers=many | {"accept": "application/json"})
        own = list(asked)
        public = house.client.get("/cases", headers={"accept": "application/json"})
    finally:
        service.journal._database._open.set_trace_callback(None)

    assert len(mine.json()["cases"]) == 2000
    assert (len(own), len(asked)) == (1, 1)
    assert not any(case["id"].startswith("m1") for case in public.json()["cases"])


def test_a_curator_looks_before_deciding(house: House) -> None:
    """Report, differences and conclusions of what waits, for curators and its owner alone."""
    name = house.published()
    house.change(name, "Changed title")
    address = f"/cases/{name}/review"
    told = house.client.get(address, headers=house.curator).json()
    page = house.client.get(address, headers=house.curator | {"accept": "text/html"}).text

    assert (told["version"], told["validation"]["conforms"]) == (2, True)
    assert told["differences"]["from"] == 1
    assert ["Changed title" in each for each in told["differences"]["added"]] == [True]
    assert told["cases"][0]["crises"] is not None
    assert "<ins>" in page
    assert 'value="publish"' in page
    own = house.client.get(address, headers=house.submitter | {"accept": "text/html"})
    assert (own.status_code, 'value="publish"' in own.text) == (200, False)
    assert house.client.get(address, headers=house.other).status_code == 403
    assert house.client.get(address).status_code == 401


def test_a_return_without_a_message_comes_back_as_the_page(house: House) -> None:
    """The curator is told at the field, and nothing is decided."""
    name = house.new()
    revision = house.tag(name)["if-match"].strip('"').partition(".")[0]
    answer = house.client.post(
        f"/cases/{name}/review",
        data={"decision": "return", "message": " ", "revision": revision},
        headers=house.curator | {"accept": "text/html"},
    )

    assert (answer.status_code, 'id="message.wrong"' in answer.text) == (400, True)
    assert house.client.get(f"/cases/{name}", headers=house.submitter).json()["state"] == (
        "submitted"
    )


def test_pages_send_new_versions_and_drafts(house: House) -> None:
    """A form names the revision in a field or in the address, since it can send no header."""
    name = f"town-{next(_NUMBERS)}"
    house.hand_in(case(name), "?draft=true")
    page = house.submitter | {"accept": "text/html"}

    def revision() -> str:
        return house.tag(name)["if-match"].strip('"').partition(".")[0]

    stale, file = revision(), {"file": ("a.ttl", case(name, title="From a file"))}
    kept = house.client.post(f"/cases/{name}/versions?revision={stale}", files=file, headers=page)
    again = house.client.post(f"/cases/{name}/versions?revision={stale}", files=file, headers=page)
    foreign = house.client.post(
        f"/cases/{name}/versions?revision={stale}", files=file, headers=house.other
    )
    bad = house.client.post(
        f"/cases/{name}/versions?revision={revision()}",
        files={"file": ("a.ttl", BARE.format(name=name))},
        headers=page,
    )

    assert (kept.status_code, "From a file" in kept.text) == (200, True)
    assert (again.status_code, foreign.status_code, bad.status_code) == (412, 404, 422)
    other = f"town-{next(_NUMBERS)}"
    house.hand_in(case(other), "?draft=true")
    tag = house.tag(other)["if-match"].strip('"').partition(".")[0]
    sent = house.client.post(
        f"/cases/{other}/submit?lang=zh",
        data={"revision": tag},
        headers=page,
        follow_redirects=False,
    )
    assert (sent.status_code, sent.headers["location"]) == (303, f"/cases/{other}?lang=zh")
    assert house.client.get(f"/cases/{other}", headers=page).status_code == 200
    state = house.client.get(f"/cases/{other}", headers=house.submitter).json()["state"]
    assert state == "submitted"


def test_a_curator_withdraws(house: House) -> None:
    """The scope “review” is enough to withdraw what anybody handed in, as documented."""
    name = house.new()
    gone = house.client.delete(
        f"/cases/{name}", headers=house.curator | house.tag(name, house.curator)
    )

    assert gone.status_code == 204


def test_a_tombstone_leads_to_the_history(house: House) -> None:
    """Readers of the page of a withdrawn case find what happened to it."""
    name = house.published()
    house.client.delete(f"/cases/{name}", headers=house.submitter | house.tag(name))

    page = house.client.get(f"/case/{name}", headers={"accept": "text/html"})

    assert (page.status_code, f'href="/cases/{name}/history"' in page.text) == (410, True)
    assert house.client.get(f"/cases/{name}/history").status_code == 200
