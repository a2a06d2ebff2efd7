"""A service of govkg for Python programs: the same verbs as offline, and handing in cases."""

import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final
from uuid import uuid4

import httpx2

from govkg.answers import Report, Table
from govkg.errors import (
    ERRORS,
    GovkgError,
    NotConformingError,
    NotFoundError,
    ServiceUnreachableError,
)
from govkg.forms.formats import format_named, format_of_file

Document = str | Path | bytes
"""A path, or the bytes of a document."""
_JSON: Final = {"Accept": "application/json"}
_TRIES: Final = 4
_PAUSE: Final = 0.5  # seconds before the first repetition; then twice as long each time
_LONGEST: Final = 20.0  # seconds, whatever the service says


@dataclass(frozen=True)
class Receipt:
    """What became of a document that was handed in."""

    cases: tuple[dict[str, Any], ...]
    """For each case: id, iri, version, state, revision, etag, address, history."""
    sha256: str
    report: Report
    raw: dict[str, Any]


class Client:
    """A service at an address. Errors are those of ``govkg.errors``, as the service gives them."""

    def __init__(
        self, url: str, *, token: str = "", language: str = "en", timeout: float = 60.0
    ) -> None:
        """Take the address of a service, and a token for those who may write."""
        headers = {"Accept-Language": language}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._url = url.rstrip("/")
        self._http = httpx2.Client(base_url=self._url, headers=headers, timeout=timeout)

    def __enter__(self) -> "Client":
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def query(self, sparql: str, *, infer: bool = True) -> Table | bool | str:
        """Answer a SPARQL query: a Table, the answer to ASK, or a graph as Turtle."""
        answer = self._send(
            "POST", "/sparql", data={"query": sparql}, params={"infer": str(infer).lower()},
            headers={"Accept": "application/sparql-results+json, text/turtle;q=0.9"},
        )  # fmt: skip
        if answer.headers["content-type"].startswith("text/turtle"):
            return answer.text
        return Table.of_json(answer.content)

    def validate(
        self, document: Document, *, format: str = "", profile: str = "standard"
    ) -> Report:
        """Check cases against the shapes; ``format`` is needed for bytes."""
        sent = _sent(document, format)
        return Report.of_json(self._json("POST", "/validate", params={"profile": profile}, **sent))

    def diagnose(self, document: Document, *, format: str = "") -> dict[str, Any]:
        """Return the report, what a case suggests, and why."""
        return self._json("POST", "/diagnose", **_sent(document, format))

    def explain(self, subject: str, predicate: str, value: str) -> dict[str, Any]:
        """Return why a statement holds; NotEntailedError if it does not."""
        return self._json("GET", "/explain", params={"s": subject, "p": predicate, "o": value})

    def annotate(
        self, text: str, *, language: str = "auto", least: float = 0.5, source: str = ""
    ) -> dict[str, Any]:
        """Return the places of a text that name concepts; offsets count code points."""
        return self._json("POST", "/annotate", **_text(text, language, least, source))

    def draft(
        self, text: str, *, language: str = "auto", least: float = 0.5, source: str = ""
    ) -> dict[str, Any]:
        """Return also a draft of a case that says what the text names, and what it still lacks."""
        sent = _text(text, language, least, source)
        return self._json("POST", "/annotate", params={"as": "case"}, **sent)

    def cases(self) -> dict[str, str]:
        """Return the titles of all published cases, in English where there is one, by id."""
        found = self._json("GET", "/cases")["cases"]
        return {
            case["id"]: case["title"].get("en") or next(iter(case["title"].values()), "")
            for case in found
        }

    def submit(
        self, document: Document, *, format: str = "", draft: bool = False, dry_run: bool = False,
        message: str = "", key: str = "",
    ) -> Receipt | Report:  # fmt: skip
        """Hand in new cases; with ``dry_run`` only the report comes back.

        It is tried again if the connection breaks, which is harmless: each call has an
        Idempotency-Key (``key``, or a new one). Raises NotConformingError with the ``report``.
        """
        sent = _sent(document, format)
        sent["headers"] |= {"Idempotency-Key": key or str(uuid4())}
        wanted = {"draft": str(draft).lower(), "dryRun": str(dry_run).lower(), "message": message}
        told = self._json("POST", "/cases", params=wanted, **sent)
        report = Report.of_json(told["report"])
        return report if dry_run else Receipt(tuple(told["cases"]), told["sha256"], report, told)

    def case(self, case_id: str) -> dict[str, Any]:
        """Return a case with its state and versions, as far as the token lets see them."""
        return self._json("GET", f"/cases/{case_id}")

    def history(self, case_id: str) -> list[dict[str, Any]]:
        """Return what happened to a case: version, action, state, at, by, message."""
        events: list[dict[str, Any]] = self._json("GET", f"/cases/{case_id}/history")["events"]
        return events

    def submissions(self) -> list[dict[str, Any]]:
        """Return the cases that were handed in with this token."""
        found: list[dict[str, Any]] = self._json("GET", "/submissions")["cases"]
        return found

    def withdraw(self, case_id: str, message: str = "") -> None:
        """Withdraw a case for good; PreconditionFailedError if it is changed meanwhile."""
        tag = self._send("GET", f"/cases/{case_id}", headers=_JSON).headers["etag"]
        path, headers = f"/cases/{case_id}", _JSON | {"If-Match": tag}
        self._send("DELETE", path, params={"message": message}, headers=headers)

    def review(self, case_id: str, decision: str, message: str = "") -> dict[str, Any]:
        """Decide on a case: ``take``, ``publish`` or ``return``."""
        tag = self._send("GET", f"/cases/{case_id}", headers=_JSON).headers["etag"]
        body = {"decision": decision, "message": message}
        headers = {"If-Match": tag}
        return self._json("POST", f"/cases/{case_id}/review", json=body, headers=headers)

    def _json(self, method: str, path: str, **given: Any) -> dict[str, Any]:
        headers = given.pop("headers", {}) | _JSON
        told: dict[str, Any] = self._send(method, path, headers=headers, **given).json()
        return told

    def _send(self, method: str, path: str, **given: Any) -> httpx2.Response:
        """Send a request, again if that does no harm; raises what the service says."""
        harmless = method == "GET" or "Idempotency-Key" in given.get("headers", {})
        for number in range(1, _TRIES + 1):
            last = not harmless or number == _TRIES
            try:
                response = self._http.request(method, path, **given)
            except httpx2.HTTPError as error:
                if last:
                    raise ServiceUnreachableError(
                        address=self._url, reason=str(error) or type(error).__name__, retry_after=5
                    ) from error
                time.sleep(_PAUSE * 2**number)
                continue
            if response.status_code not in (429, 503) or last:
                break
            time.sleep(min(_LONGEST, float(response.headers.get("retry-after", 1))))
        if response.is_success:
            return response
        raise _error(response)


def _error(response: httpx2.Response) -> GovkgError:
    """Return the error that a service has answered with."""
    try:
        told = response.json()
    except ValueError:
        told = {}
    if "findings" in told:
        report = Report.of_json(told)
        error = NotConformingError(violations=told["counts"]["violation"])
        error.report = report
        return error
    kind = ERRORS.get(told.get("code", ""), GovkgError)
    try:
        return kind(**told)
    except (KeyError, IndexError, ValueError):  # a newer service with other facts
        return GovkgError(detail=told.get("detail") or f"HTTP {response.status_code}")


def _text(text: str, language: str, least: float, source: str) -> dict[str, Any]:
    """Return the body of a request about a text."""
    return {"json": {"text": text, "language": language, "least": least, "source": source}}


def _sent(document: Document, named: str) -> dict[str, Any]:
    """Return the body of a request, and its Content-Type."""
    if isinstance(document, bytes):
        known, data = format_named(named or "turtle"), document
    else:
        path = Path(document)
        known = format_named(named) if named else format_of_file(path.name)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise NotFoundError(what="file", name=str(path), hint=str(error.strerror)) from error
    return {"content": data, "headers": {"Content-Type": known.media_type}}
