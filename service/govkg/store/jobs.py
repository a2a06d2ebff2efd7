"""The work on untrusted queries and documents that needs nothing but the dataset."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeVar

from pyoxigraph import NamedNode, RdfFormat, serialize

from govkg.errors import ConflictError, NotFoundError
from govkg.rdf import format_named, published_contexts, read
from govkg.store import federation
from govkg.store.deltas import Delta
from govkg.store.querying import Query
from govkg.store.updating import Update, changes
from govkg.store.view import View

Header = dict[str, Any]
Job = Callable[[Any, Header, bytes], tuple[Header, bytes]]


@dataclass(frozen=True)
class State:
    """What a worker holds in memory."""

    view: View
    generation: int = 0
    """The number of the generation of the data that this is."""


Held = TypeVar("Held", bound=State)


def warm_up(_: str) -> None:
    """Read the contexts that documents may name, since a worker could not."""
    published_contexts()


def prepare(argument: str) -> State:
    """Load a snapshot of the store.

    The argument is a JSON object: the path of the ``snapshot``, the number of its ``generation``,
    the names of the graphs that are ``empty`` and of those that are ``derived`` from others, and
    whether to ``merge`` all graphs as the default graph.
    """
    return State(view(argument), generation(argument))


def generation(argument: str) -> int:
    """Return the number of the generation that an argument of ``prepare`` names."""
    return int(json.loads(argument).get("generation", 0))


def advance(state: Held, header: Header, body: bytes) -> Held:
    """Go over to another generation of the data, by what has changed.

    The header has the numbers of both, ``from`` and ``to``, what is ``derived``, and with the body
    a packed ``delta``. Raises ConflictError if the state is of another generation; after any error
    it is of no use any more.
    """
    if header["from"] != state.generation:
        reason = f"the workers have generation {state.generation}, not {header['from']}"
        raise ConflictError(reason=reason, remedy="Load a snapshot.")
    derived = [NamedNode(iri) for iri in header["derived"]]
    state.view.take(Delta.unpacked(header["delta"], body), derived)
    return replace(state, generation=header["to"])


def view(argument: str, apart: Iterable[NamedNode] = ()) -> View:
    """Return the view that an argument of ``prepare`` names."""
    given = json.loads(argument)
    empty, derived = (
        [NamedNode(iri) for iri in given.get(key, ())] for key in ("empty", "derived")
    )
    merge = given.get("merge", True)
    return View(Path(given["snapshot"]), apart, empty=empty, derived=derived, merge=merge)


def query(state: State, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Answer a SPARQL query; the header holds the other fields of ``Query``."""
    answer = state.view.query(Query.from_header(body.decode(), header))
    return {"media_type": answer.media_type, "kind": answer.kind}, answer.body


def calls(_: State, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Return the calls to other endpoints that a query makes, at most ``most`` of them."""
    query = Query.from_header(body.decode(), header["query"])
    return {"calls": [asdict(call) for call in federation.calls(query, header["most"])]}, b""


def federated(state: State, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Answer a query whose calls have been made.

    The header has the media type and the size of each reply; the replies come after the text.
    """
    sizes = [reply["size"] for reply in header["replies"]]
    text, *bodies = _split(body, [len(body) - sum(sizes), *sizes])
    replies = [
        federation.Reply(reply["media_type"], each)
        for reply, each in zip(header["replies"], bodies, strict=True)
    ]
    query = Query.from_header(text.decode(), header["query"])
    answer = state.view.federated(query, replies)
    return {"media_type": answer.media_type, "kind": answer.kind}, answer.body


def _split(body: bytes, sizes: Iterable[int]) -> Iterator[bytes]:
    """Yield the parts of a body one after the other."""
    start = 0
    for size in sizes:
        yield body[start : start + size]
        start += size


def parse(_: State, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Parse a document and return it as N-Quads, so that nobody else need read the original."""
    known = format_named(header["format"])
    quads = read(body, known, base=header["base"], limit=header["limit"])
    return {}, serialize(quads, format=RdfFormat.N_QUADS) or b""


def update(state: State, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Find out what an update changes; the worker is of no use afterwards.

    The header holds the fields of ``Update`` as ``update`` and, as ``unseen`` with the body, a
    packed Delta: what has changed since the snapshot. The answer is a packed Delta.
    """
    store = state.view.give_up()
    Delta.unpacked(header["unseen"], body).carry_out(store)
    return changes(store, Update.from_header(header["update"])).packed()


def no_shapes(_: State, __: Header, ___: bytes) -> tuple[Header, bytes]:
    """Refuse to check a document, since a plain dataset has no shapes."""
    raise NotFoundError(what="set of shapes", name="bundle", hint="Start with GOVKG_BUNDLE=true.")


def no_concepts(_: State, __: Header, ___: bytes) -> tuple[Header, bytes]:
    """Refuse to mark concepts: a plain dataset has no ontology. Raises NotFoundError."""
    raise NotFoundError(what="ontology", name="bundle", hint="Start with GOVKG_BUNDLE=true.")


JOBS: Final[Mapping[str, Job]] = {
    "query": query,
    "calls": calls,
    "federated": federated,
    "parse": parse,
    "update": update,
    "validate": no_shapes,
    "diagnose": no_shapes,
    "annotate": no_concepts,
}
"""Every job by its name."""
