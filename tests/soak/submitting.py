"""A process that hands in, publishes and withdraws cases as fast as it can, and tells of each.

It does what the service does: the journal first, then the store. A line that was written to
standard output is an acknowledgement.
"""

import sys
import threading
from itertools import count
from pathlib import Path

from govkg.cases.graphs import Graphs
from govkg.cases.projecting import projection
from govkg.journal import FILE, Incoming, Journal, Note, Sent
from govkg.store.embedded import EmbeddedStore

GRAPHS = Graphs("https://w3id.org/govkg/")
CONTENT = b'<urn:%d> <urn:row> "%d" .\n'
ROWS = 10


def content(number: int) -> bytes:
    """Return the triples of a case."""
    return b"".join(CONTENT % (number, row) for row in range(ROWS))


def work(folder: Path, start: int) -> None:
    """Go on until somebody kills the process."""
    journal, store = Journal(lambda: folder / FILE), EmbeddedStore(folder / "store")
    store.apply(projection(journal, store, GRAPHS))
    lock, numbers = threading.Lock(), count(start)

    def write() -> None:
        while True:
            with lock:
                number = next(numbers)
            one(journal, store, lock, number)

    for _ in range(3):
        threading.Thread(target=write).start()


def one(journal: Journal, store: EmbeddedStore, lock: threading.Lock, number: int) -> None:
    """Lead one case through a part of its life, and tell of each step that is done."""
    name, note = f"c{number}", Note("1", "lab")
    sent = Sent(b"# case %d" % number, "turtle", "text/turtle")
    case = Incoming(name, f"urn:{number}", name, content(number))
    journal.hand_in(sent, [case], note, conforms=True)
    tell(lock, "submitted", number)
    for action, every in (("publish", 2), ("withdraw", 4)):
        if number % every == 0:
            record = journal.act(name, action, note, journal.record(name).revision)  # type: ignore[arg-type]
            with lock:
                store.apply(projection(journal, store, GRAPHS, [name]))
            tell(lock, record.head.state, number)


def tell(lock: threading.Lock, state: str, number: int) -> None:
    """Acknowledge."""
    with lock:
        print(state, number, flush=True)  # noqa: T201 # it is what this is for


if __name__ == "__main__":
    work(Path(sys.argv[1]), int(sys.argv[2]))
