"""Tell Schemathesis how to send the bodies for which it knows no way: as they are."""

from typing import Any

import schemathesis


@schemathesis.serializer(
    "application/n-quads",
    "application/n-triples",
    "application/trig",
    "application/sparql-query",
    "application/sparql-update",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "text/csv",
    "text/turtle",
)
def raw(_: Any, value: Any) -> bytes:
    """Return a generated body as bytes."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")
