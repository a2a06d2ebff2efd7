"""Jobs that behave well, badly and worse; test_workers.py runs them in a pool."""

import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyoxigraph import Store

from govkg.errors import NotFoundError, SettingError

Answer = tuple[dict[str, Any], bytes]


WARMED = list[str]()
"""What ``warm_up`` was told."""


def warm_up(constant: str) -> None:
    """Take note, or fail."""
    if constant == "broken":
        raise ValueError("no such library")
    WARMED.append(constant)


def prepare(argument: str) -> str:
    """Return the argument as the state, or fail in the way that it names."""
    if argument == "broken":
        raise ValueError("no such store")
    if argument == "setting":
        raise SettingError(name="store", reason="no such folder", remedy="Make it.")
    if argument == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if argument == "forever":
        time.sleep(3600)
    Store().update("INSERT { [] <urn:p> ?u } WHERE { BIND (UUID() AS ?u) }")  # starts a sequence
    return argument


def echo(state: str, header: dict[str, Any], body: bytes) -> Answer:
    """Return what was sent, and who answered."""
    return {
        "state": state,
        "pid": os.getpid(),
        "warm": WARMED,
        "parent": os.getppid(),
        "said": header,
    }, body


def invent(_state: str, _header: dict[str, Any], body: bytes) -> Answer:
    """Return what a library thinks has never been before."""
    store = Store()
    store.update("INSERT { [] <urn:p> ?u } WHERE { BIND (UUID() AS ?u) }")
    (quad,) = store
    return {"invented": [str(quad.subject), str(quad.object)]}, body


def sleep(state: str, header: dict[str, Any], body: bytes) -> Answer:
    """Take some time."""
    time.sleep(header["seconds"])
    return echo(state, header, body)


def spin(_state: str, _header: dict[str, Any], _body: bytes) -> Answer:
    """Never come back from C."""
    return {"sum": sum(range(10**12))}, b""


def hoard(_state: str, _header: dict[str, Any], _body: bytes) -> Answer:
    """Take all memory there is."""
    return {"length": len([b"x" * 2**20 for _ in range(10**6)])}, b""


def abort(_state: str, _header: dict[str, Any], _body: bytes) -> Answer:
    """End as Rust does when an allocation fails."""
    os.write(2, b"memory allocation of 4096 bytes failed\n")
    os.abort()


def crash(_state: str, header: dict[str, Any], body: bytes) -> Answer:
    """End with a signal."""
    signal.raise_signal(header.get("signal", signal.SIGSEGV))
    return header, body


def fail(_state: str, _header: dict[str, Any], _body: bytes) -> Answer:
    """Fail in a way that nobody has foreseen."""
    raise ZeroDivisionError("unforeseen")


def miss(_state: str, header: dict[str, Any], _body: bytes) -> Answer:
    """Fail on purpose."""
    raise NotFoundError(what="case", name=header["name"], hint="看看列表")


def unsendable(_state: str, _header: dict[str, Any], body: bytes) -> Answer:
    """Answer with what is no JSON."""
    return {"set": {1}}, body


def reach(_state: str, header: dict[str, Any], _body: bytes) -> Answer:
    """Try to get a new descriptor, and say what came of it."""
    ways: dict[str, Callable[[], object]] = {
        "file": lambda: Path("/etc/hostname").read_bytes(),
        "socket": socket.socket,
        "pipe": os.pipe,
        "copy": lambda: os.dup(0),
    }
    if header["way"] == "after closing":
        os.closerange(0, 2)
    try:
        ways.get(header["way"], socket.socket)()
    except OSError as error:
        return {"refused": error.strerror}, b""
    return {"refused": None}, b""


def limits(_state: str, _header: dict[str, Any], _body: bytes) -> Answer:
    """Burn all the CPU time that the last line of defence allows."""
    while True:
        sys.getsizeof(0)


def advance(state: str, header: dict[str, Any], body: bytes) -> str:
    """Go over to another state, if this is the one before; or fail in the way that is named."""
    if header["from"] != state:
        raise ValueError(f"the state is {state}")
    if header["to"] == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    return header["to"] + body.decode()


JOBS: dict[str, Callable[[str, dict[str, Any], bytes], Answer]] = {
    job.__name__: job
    for job in (
        echo,
        sleep,
        spin,
        hoard,
        abort,
        crash,
        fail,
        miss,
        unsendable,
        reach,
        limits,
        invent,
    )
}
