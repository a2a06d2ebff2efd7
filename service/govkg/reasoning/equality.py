"""What holds of a thing holds of whatever is the same: rules eq-rep-s, eq-rep-p and eq-rep-o.

They speak of every property, so they are no clauses.
"""

from collections.abc import Iterator

from govkg.reasoning.facts import Add, Fact, Relation


class Equality:
    """Carries facts over to equal things."""

    def __init__(self, relations: dict[int, Relation], kind: int, same: Relation) -> None:
        """Take all facts, the number of rdf:type, and the facts of owl:sameAs."""
        self._relations = relations
        self._type = kind
        self._same = same
        self.active = False
        """Whether any two things are the same, or were."""

    def replace(self, relation: Relation, one: int, other: int, rank: int, add: Add) -> None:
        """Carry one fact over to equal things; a new equality carries over all facts."""
        prop, same = relation.number, self._same
        if relation is same:
            self._replace_everywhere(one, other, rank, add)
            return
        for equal, own in same.objects(one):
            add(prop, equal, other, max(rank, own) + 1)
        for equal, own in same.objects(other):
            add(prop, one, equal, max(rank, own) + 1)
        for equal, own in same.objects(prop):
            if not equal & 1:
                add(equal, one, other, max(rank, own) + 1)

    def _replace_everywhere(self, one: int, other: int, rank: int, add: Add) -> None:
        """Carry all facts about one thing over to another."""
        for prop, relation in list(self._relations.items()):
            if relation is self._same:
                continue
            for value, own in relation.objects(one):
                add(prop, other, value, max(rank, own) + 1)
            for subject in relation.subjects(one):
                own = relation.rank(subject, one) or 0
                add(prop, subject, other, max(rank, own) + 1)
        used = self._relations.get(one)
        if used is not None and not other & 1:
            for subject, value, own in list(used.pairs()):
                add(other, subject, value, max(rank, own) + 1)

    def replacements(self, fact: Fact) -> Iterator[tuple[str, tuple[Fact, ...], int]]:
        """Yield how a fact follows from one about equal things: rule, premises, highest rank."""
        subject, prop, value = fact
        same, same_as = self._same.number, self._same.subjects
        if prop == same:
            return
        sources = [("eq-rep-s", (equal, prop, value), subject) for equal in same_as(subject)]
        sources += [("eq-rep-o", (subject, prop, equal), value) for equal in same_as(value)]
        sources += [("eq-rep-p", (subject, equal, value), prop) for equal in same_as(prop)]
        for rule, source, node in sources:
            relation = self._relations.get(source[1])
            rank = relation.rank(source[0], source[2]) if relation else None
            if rank is not None and source != fact:
                equal = next(a for a, b in zip(source, fact, strict=True) if a != b)
                own = self._same.rank(equal, node) or 0
                yield rule, (source, (equal, same, node)), max(rank, own)
