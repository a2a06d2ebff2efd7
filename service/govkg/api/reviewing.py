"""What a curator looks at before deciding on a version: report, differences, what follows."""

import asyncio
import json
from typing import Any

from pyoxigraph import NamedNode, Triple
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from govkg.access import Caller
from govkg.api.case import read_alone
from govkg.api.case_records import private
from govkg.api.knowledge import Service
from govkg.api.pages import Page
from govkg.api.submissions import Document, check, told_report
from govkg.cases.diagnosis import HEADINGS
from govkg.cases.differences import Difference, changes, difference
from govkg.cases.submitting import triples_in
from govkg.forms.formats import format_named
from govkg.journal import Record


class Look:
    """A look at the last version of a case."""

    def __init__(
        self, record: Record, content: bytes, older: int | None, since: bytes | None
    ) -> None:
        """Take the case, what its last version says, and an older one to compare it with."""
        self._record = record
        self._content = content
        self._older = older
        self._since = since
        self.diagnosis: dict[str, Any] = {}
        """The validation of the version, and what follows from it."""

    @classmethod
    async def taken(cls, request: Request, service: Service, record: Record) -> "Look":
        """Read the versions, and have a worker check the last one and draw its conclusions."""
        book, older = service.book(), _older(record)
        content = await asyncio.to_thread(book.content, record.case_id, record.head.number)
        since = await asyncio.to_thread(book.content, record.case_id, older) if older else None
        look = cls(record, content, older, since)
        document = Document(content, format_named("n-triples"))
        _, found = await check(request, service, "diagnose", document, {"profile": "standard"})
        look.diagnosis = json.loads(found)
        for finding in look.diagnosis["validation"]["findings"]:
            finding["place"] = None  # it is that of our own copy, which nobody has seen
        return look

    @property
    def difference(self) -> Difference | None:
        """Return what changed since the older version; None if there is none."""
        return None if self._since is None else difference(self._since, self._content)

    def as_json(self) -> dict[str, Any]:
        """Return all of it as JSON."""
        found, number = self.difference, self._record.head.number
        told = found and {
            "from": self._older,
            "to": number,
            "removed": [str(each) for each in found.removed],
            "added": [str(each) for each in found.added],
        }
        head = {"id": self._record.case_id, "version": number, "differences": told}
        return head | self.diagnosis

    def response(self, caller: Caller) -> Response:
        """Return all of it as a JSON response."""
        return JSONResponse(self.as_json(), headers=private(caller))

    def page(
        self, page: Page, caller: Caller, *, message: str = "", lacks_message: bool = False
    ) -> Response:
        """Return the page, with the fields to decide if the caller may."""
        triples = triples_in(self._content)
        page.tell_of([*self._old_triples(), *triples])
        found = self.difference
        reading, beside = read_alone(NamedNode(self._record.iri), triples)
        return page.render(
            "reviewing.html",
            status=400 if lacks_message else 200,
            headers=private(caller),
            record=self._record,
            version=self._record.head,
            curator=caller.allows("review"),
            diagnosis=self.diagnosis,
            headings=HEADINGS,
            older=self._older,
            rows=None if found is None else changes(found),
            triples=triples,
            reading=reading,
            beside=beside,
            message=message,
            lacks_message=lacks_message,
            **told_report(page, self.diagnosis["validation"]),
        )

    def _old_triples(self) -> list[Triple]:
        return triples_in(self._since) if self._since else []


def _older(record: Record) -> int | None:
    """Return the version that the last one would take the place of, or else the one before."""
    numbers = [version.number for version in record.versions]
    live = record.live.number if record.live else None
    if live and live != record.head.number:
        return live
    return numbers[-2] if len(numbers) > 1 else None
