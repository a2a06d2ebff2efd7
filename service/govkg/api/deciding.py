"""What a request says of a decision about a case: its fields, and the revision it is about."""

import json
from typing import Any, Final

from fastapi import Request

from govkg.api import bodies, handing_in
from govkg.errors import ParameterError, PreconditionRequiredError
from govkg.journal import Record

_ROOM: Final = 20_000  # bytes of a decision


async def given(request: Request) -> dict[str, str]:
    """Return the fields of a form, or the members of a JSON object; none of an empty body."""
    data = await bodies.read(request, _ROOM, "decision")
    kind = bodies.media_type(request)
    if kind in (bodies.FORM, bodies.MULTIPART):
        found = await bodies.fields(request, data)
        return {name: bodies.text(field.data, name) for name, field in found.items()}
    return _members(bodies.text(data, "body"))


def _members(text: str) -> dict[str, str]:
    try:
        value: Any = json.loads(text or "{}")
    except (ValueError, RecursionError) as error:
        raise ParameterError(
            name="body", reason=f"it is no JSON: {error}", remedy="Send a JSON object."
        ) from error
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        remedy = "Send a JSON object of texts."
        raise ParameterError(name="body", reason="it is no object of texts", remedy=remedy)
    return value


def revision_of(request: Request, record: Record, field: str | None = None) -> int:
    """Return the revision that a request is about: of If-Match, or of a field in a form.

    Raises PreconditionRequiredError if neither is there.
    """
    header = request.headers.get("if-match")
    if header is not None:
        return handing_in.revision_in(header, record.revision)
    if field is None:
        raise PreconditionRequiredError(where=f"/cases/{record.case_id}")
    return handing_in.revision_in(f'"{field}"', record.revision)
