"""What the server, its zygotes and its workers say to each other.

Server and worker exchange frames over a stream: the two lengths, a JSON header, a raw body. The
zygote talks to the server in packets of JSON, and some of them carry descriptors.
"""

import json
import socket
import struct
from typing import Any, TypeAlias

from govkg.errors import ERRORS, GovkgError

Header: TypeAlias = dict[str, Any]
"""JSON values by name: what a job is asked for, or what it says about its answer."""

CHUNK = 1 << 16  # bytes that are read at once, and the longest packet
RETRY_AFTER = 1  # seconds; said with each error that passes by itself

_LENGTHS = struct.Struct("!IQ")  # of the header and of the body, in bytes


def pack(header: Header, body: bytes) -> bytes:
    """Return a message as it is sent."""
    head = json.dumps(header).encode()
    return b"".join((_LENGTHS.pack(len(head), len(body)), head, body))


def unpack(data: bytearray) -> tuple[Header, bytes] | None:
    """Return the message once all of it is there."""
    if len(data) < _LENGTHS.size:
        return None
    head, body = _LENGTHS.unpack_from(data)
    start = _LENGTHS.size + head
    if len(data) < start + body:
        return None
    with memoryview(data) as view:
        return json.loads(bytes(view[_LENGTHS.size : start])), bytes(view[start : start + body])


def receive(connection: socket.socket) -> tuple[Header, bytes] | None:  # pragma: no cover
    """Return the next request, or None when the server is gone."""
    data = bytearray()
    while (request := unpack(data)) is None:
        chunk = connection.recv(CHUNK)
        if not chunk:
            return None
        data += chunk
    return request


def tell(
    control: socket.socket, message: Header, descriptors: tuple[int, ...] = ()
) -> None:  # pragma: no cover
    """Send a packet, and descriptors with it; OSError if the other side is gone."""
    socket.send_fds(control, [json.dumps(message).encode()], descriptors)


def hear(control: socket.socket) -> tuple[Header, list[int]]:
    """Receive a packet and up to two descriptors; nothing if the other side is gone."""
    data, descriptors, _, _ = socket.recv_fds(control, CHUNK, 2, socket.MSG_CMSG_CLOEXEC)
    return json.loads(data) if data else {}, descriptors


def error_header(error: GovkgError) -> Header:  # pragma: no cover
    """Return, as data, an error that is to cross a process border."""
    return {"error": error.code, "facts": error.facts}


def error_in(message: Header) -> GovkgError:
    """Return the error that crossed a process border."""
    return ERRORS[message["error"]](**message["facts"])
