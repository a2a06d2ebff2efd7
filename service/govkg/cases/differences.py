"""What changed between two versions of a case."""

from dataclasses import dataclass

from pyoxigraph import Triple

from govkg.cases.submitting import triples_in


@dataclass(frozen=True)
class Difference:
    """The triples that went and those that came."""

    removed: tuple[Triple, ...]
    added: tuple[Triple, ...]


def difference(old: bytes, new: bytes) -> Difference:
    """Compare two versions, given as canonical N-Triples: blank nodes are told by what they say."""
    before, after = set(old.splitlines()), set(new.splitlines())
    return Difference(_triples(before - after), _triples(after - before))


def _triples(lines: set[bytes]) -> tuple[Triple, ...]:
    return tuple(triples_in(b"\n".join(sorted(lines))))
