"""Take a document apart into its cases, each with the triples that belong to it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Final

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
)

from govkg.errors import ParameterError, UnsafeInputError
from govkg.ontology import TITLE, TYPE
from govkg.rdf import Node, shorten
from govkg.vocabulary import GOV, PREFIXES

CASE: Final = NamedNode(GOV + "GovernanceCase")
NAMELESS: Final = "submitted"
"""The id of a case whose IRI is relative to the document: it is given one."""
_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,99}\Z")
_REMEDY: Final = "The id has small letters, digits and hyphens, at most 100."


@dataclass(frozen=True)
class Piece:
    """One case of a document, with all that is said of it."""

    case_id: str
    iri: str
    title: str
    triples: frozenset[Triple]

    def canonical(self) -> bytes:
        """Return the triples as sorted N-Triples, blank nodes named as RDFC-1.0 says.

        This can take very long for blank nodes that look alike, so it needs a deadline.
        """
        data = Dataset(Quad(t.subject, t.predicate, t.object) for t in self.triples)
        data.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
        return "".join(sorted(f"{quad} .\n" for quad in data)).encode()


def pieces(triples: Iterable[Triple], base: str, *, only: str = "") -> list[Piece]:
    """Return the cases of a document, by id; ``only`` is the id of the one case that is wanted.

    What belongs to no single case goes with each of them, so that nothing is lost. Raises
    ParameterError if there is no case or one with an impossible IRI, and UnsafeInputError for
    statements about cases that the document does not describe.
    """
    triples = set(triples)
    found = sorted(
        {t.subject.value for t in triples if t.predicate == TYPE and t.object == CASE
         and isinstance(t.subject, NamedNode)}
    )  # fmt: skip
    if not found:
        raise _refused("it describes no case", "Give one thing the type gov:GovernanceCase.")
    if only and len(found) > 1:
        raise _refused(f"it describes {len(found)} cases", "Send the one that is in the address.")
    ids = {iri: id_of(iri, base) for iri in found}
    _refuse_others(triples, ids, base)
    parts = _divided(triples, found)
    named = [_piece(iri, ids[iri], parts[iri], base, only) for iri in found]
    if only and named[0].case_id != only:
        raise _refused(f"it describes the case “{named[0].case_id}”", f"Send the case “{only}”.")
    return named


def triples_in(content: bytes, label: str = "") -> list[Triple]:
    """Read what ``Piece.canonical`` wrote; ``label`` is put before those of blank nodes."""
    found = [quad.triple for quad in parse(content, RdfFormat.N_TRIPLES)]
    return [_labelled(triple, label) for triple in found] if label else found


def _refused(reason: str, remedy: str) -> ParameterError:
    return ParameterError(name="document", reason=reason, remedy=remedy)


def id_of(iri: str, base: str) -> str:
    """Return the id that the IRI of a case holds; raises ParameterError if none can be."""
    for prefix in (base + "case/", PREFIXES["case"]):
        if iri.startswith(prefix) and _ID.match(iri.removeprefix(prefix)):
            return iri.removeprefix(prefix)
    raise _refused(
        f"a case cannot be called {shorten(iri)} here",
        f"Name it {base}case/ and an id, or leave the name to us by writing <>. {_REMEDY}",
    )


def _refuse_others(triples: set[Triple], ids: dict[str, str], base: str) -> None:
    """Refuse statements about cases and graphs that the document is not about."""
    for triple in triples:
        subject = triple.subject.value if isinstance(triple.subject, NamedNode) else ""
        reserved = ("case/", "cases/", "graph/")
        ours = tuple(b + kind for b in (base, PREFIXES["case"][:-5]) for kind in reserved)
        if subject.startswith(ours) and subject.partition("#")[0] not in ids:
            raise UnsafeInputError(
                what=f"a statement about {shorten(subject)}, which it does not describe",
                remedy="Hand in whole cases, with parts named by the case and #.",
            )


def _divided(triples: set[Triple], cases: list[str]) -> dict[str, set[Triple]]:
    """Return for each case what is said of it, its parts and all that they lead to."""
    about: dict[Node, list[Triple]] = {}
    for triple in triples:
        about.setdefault(triple.subject, []).append(triple)
    if len(cases) == 1:
        return {cases[0]: triples}
    divided = {case: _reached(about, case, cases) for case in cases}
    shared = triples.difference(*divided.values())
    return {case: found | shared for case, found in divided.items()}


def _reached(about: dict[Node, list[Triple]], case: str, cases: list[str]) -> set[Triple]:
    """Return what is said of a case, its parts, and whatever else these lead to."""
    own = [node for node in about if isinstance(node, NamedNode) and _part_of(node.value) == case]
    waiting: list[Node] = list(own)
    seen = set(waiting)
    found: set[Triple] = set()
    while waiting:
        for triple in about.get(waiting.pop(), ()):
            found.add(triple)
            value = triple.object
            other = isinstance(value, NamedNode) and _part_of(value.value) in cases
            if isinstance(value, NamedNode | BlankNode) and value not in seen and not other:
                seen.add(value)
                waiting.append(value)
    return found


def _part_of(iri: str) -> str:
    return iri.partition("#")[0]


def _piece(iri: str, case_id: str, triples: set[Triple], base: str, only: str) -> Piece:
    """Return a case under its own name, or under a new one if it has none."""
    title = _title(iri, triples)
    piece = Piece(case_id, iri, title, frozenset(triples))
    if case_id != NAMELESS:
        return piece
    case_id = only or _new_id(title, piece)
    new = f"{base}case/{case_id}"
    renamed = frozenset(
        Triple(_renamed(t.subject, iri, new), t.predicate, _renamed(t.object, iri, new))
        for t in triples
    )
    return replace(piece, case_id=case_id, iri=new, triples=renamed)


def _title(iri: str, triples: set[Triple]) -> str:
    """Return a title of a case, in English if there is one."""
    titles = {
        t.object.language or "": t.object.value
        for t in triples
        if t.subject == NamedNode(iri) and t.predicate == TITLE and isinstance(t.object, Literal)
    }
    return titles.get("en") or next((titles[each] for each in sorted(titles)), "")


def _new_id(title: str, piece: Piece) -> str:
    """Make an id of the words of the title and a hash of the content, the same for the same."""
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60].strip("-") or "case"
    return f"{words}-{sha256(piece.canonical()).hexdigest()[:6]}"


def _renamed(node: Any, old: str, new: str) -> Any:
    if not isinstance(node, NamedNode) or _part_of(node.value) != old:
        return node
    return NamedNode(new + node.value.removeprefix(old))


def _labelled(triple: Triple, label: str) -> Triple:
    def named(node: Any) -> Any:
        return BlankNode(f"{label}{node.value}") if isinstance(node, BlankNode) else node

    return Triple(named(triple.subject), triple.predicate, named(triple.object))
