"""Send the requests of a test in the HTTP vocabulary, and check the responses."""

from collections.abc import Callable
from typing import Final

from .comparing import MEDIA_TYPES, Graph, Solutions, read, same
from .manifest import HttpTest, Request, Response
from .scratch import Client, Reply

_STATUSES: Final = {
    "OK": range(200, 201),
    "Created": range(201, 202),
    "NoContent": range(204, 205),
    "NotFound": range(404, 405),
    "StatusCode2xx": range(200, 300),
    "StatusCode3xx": range(300, 400),
    "StatusCode4xx": range(400, 500),
}
_SHAPES: Final = {"boolean": bool, "tabular": Solutions, "RDF": Graph}
"""What kind of result each ``mf:expectedFormat`` is."""

Place = Callable[[str], str]
"""Says where on the service a path of the manifest is found."""


def run(test: HttpTest, client: Client, place: Place) -> None:
    """Send all requests in turn, with a token that may write, and check each response."""
    known: dict[str, str] = {}
    for number, request in enumerate(test.requests, 1):
        reply = _sent(request, client, place, known)
        step = f"request {number}, {request.method} {request.path}"
        check(reply, request.response, step)
        if request.response.location:
            assert "location" in reply.headers, f"{step}: no Location"
            known[request.response.location] = reply.headers["location"]


def _sent(request: Request, client: Client, place: Place, known: dict[str, str]) -> Reply:
    """Send a request in which the names of earlier Locations are replaced by what they were."""
    path, body = request.path, request.body
    for name, value in known.items():
        path = path.replace(name, value)
        body = body.replace(name.encode(), value.encode()) if body else body
    return client.send(request.method, place(path), body, request.headers)


def check(reply: Reply, expected: Response, step: str) -> None:
    """Hold a response to what the manifest says of it."""
    allowed = [_STATUSES[name] for name in expected.statuses]
    said = f"{step}: {reply.status} {reply.body.decode(errors='replace')[:1000]}"
    assert any(reply.status in statuses for statuses in allowed), said
    assert reply.status not in (401, 403), f"{said}: refused for want of rights, not for its fault"
    media_type = expected.headers.get("content-type", "").split(";")[0]
    assert media_type in ("", reply.media_type), f"{said}: {reply.media_type}"
    if expected.format:
        assert reply.media_type in MEDIA_TYPES.values(), said
        result = read(reply.body, reply.media_type)
        assert isinstance(result, _SHAPES[expected.format]), said
        assert expected.boolean in (None, result), said
    if expected.body is not None:
        graph = read(expected.body.encode(), media_type)
        assert same(read(reply.body, reply.media_type), graph), said
