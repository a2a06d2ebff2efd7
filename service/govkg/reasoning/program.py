"""Clauses at work: forwards, what a new fact sets going; backwards, what a fact follows from."""

from collections import defaultdict
from collections.abc import Callable, Iterator

from govkg.reasoning.clauses import Clause
from govkg.reasoning.facts import Add, Fact, Relation, Trigger
from govkg.reasoning.joins import Atom, Layout, Step, chain, lay_out
from govkg.reasoning.types import Disjoint, Narrower, Types

CLASH = -1
"""Where a conclusion has its property, if the conclusion is that facts clash."""

Relations = Callable[[int], Relation]


class Program:
    """The clauses of an ontology, filed by what sets them going and by what they conclude."""

    def __init__(self, types: Types, relation: Relations) -> None:
        """Take the facts of rdf:type, and what gives the facts of a property."""
        self._types = types
        self._relation = relation
        self.clauses: dict[Clause, int] = {}
        """Every clause, with its number."""
        self.changes = 0
        """How often clauses came or went."""
        self._listed: list[Clause] = []
        self._filed: list[Relation] = []
        self._by_head: defaultdict[tuple[int, int], list[Clause]] = defaultdict(list)
        self._backwards: dict[Clause, tuple[Layout, Step]] = {}

    def clause(self, number: int) -> Clause:
        """Return the clause with a number."""
        return self._listed[number]

    def clear(self) -> None:
        """Forget all clauses."""
        for relation in self._filed:
            relation.on_pair.clear()
            relation.on_object.clear()
        self.changes += 1
        self.clauses.clear()
        self._listed.clear()
        self._filed.clear()
        self._by_head.clear()
        self._backwards.clear()
        self._types.hierarchy.clear()
        self._types.disjoint.clear()
        self._types.forget()

    def take(self, clause: Clause) -> None:
        """File a clause."""
        self.changes += 1
        self.clauses[clause] = len(self._listed)
        self._listed.append(clause)
        if clause.head:
            _, prop, value = clause.head
            by_class = prop == self._types.number and value >= 0
            self._by_head[prop, value if by_class else -1].append(clause)
        if self._is_hierarchy(clause):
            self._file_hierarchy(clause)
            return
        for position, (_, prop, value) in enumerate(clause.body):
            relation = self._relation(prop)
            self._filed.append(relation)
            trigger = self.trigger(clause, position)
            if value >= 0:
                relation.on_object.setdefault(value, []).append(trigger)
            else:
                relation.on_pair.append(trigger)

    def _is_hierarchy(self, clause: Clause) -> bool:
        """Say whether a clause speaks only of the classes of one thing."""
        atoms = (*clause.body, clause.head) if clause.head else clause.body
        return bool(clause.body) and all(
            node < 0 and node == clause.body[0][0] and prop == self._types.number and value >= 0
            for node, prop, value in atoms
        )

    def _file_hierarchy(self, clause: Clause) -> None:
        """File a clause about classes with the types, which apply it themselves."""
        types, classes = self._types, [value for _, _, value in clause.body]
        for each in classes:
            others = tuple(other for other in classes if other != each)
            if clause.head:
                rule = Narrower(clause.head[2], others, clause.base)
                types.hierarchy.setdefault(each, []).append(rule)
            else:
                clash = Disjoint(others, self.clauses[clause])
                types.disjoint.setdefault(each, []).append(clash)
        types.forget()

    def trigger(self, clause: Clause, position: int) -> Trigger:
        """Return what meets a fact with one pattern of a clause, and the others with all facts."""
        atom = clause.body[position]
        rest = clause.body[:position] + clause.body[position + 1 :]
        if not rest and clause.head and atom[0] < 0 and atom[0] != atom[2]:
            return _single(clause.head, atom, clause.base)
        layout = lay_out((*clause.body, clause.head) if clause.head else clause.body)
        search = chain(rest, {atom[0], atom[2]}, layout, self._relation)
        subject, value = layout.places[atom[0]], layout.places[atom[2]]
        conclude = self._conclusion(clause, layout)
        template, base = layout.template, clause.base

        def trigger(one: int, other: int, rank: int, add: Add) -> None:
            if (subject == value and one != other) or (atom[0] >= 0 and atom[0] != one):
                return
            binding = template.copy()
            binding[subject], binding[value] = one, other
            search(binding, rank if rank > base else base, conclude(add))

        return trigger

    def _conclusion(
        self, clause: Clause, layout: Layout
    ) -> Callable[[Add], Callable[[list[int], int], None]]:
        """Return what turns a complete binding into a conclusion."""
        if clause.head is None:
            number = self.clauses[clause]

            def clash(add: Add) -> Callable[[list[int], int], None]:
                def found(binding: list[int], rank: int) -> None:
                    add(CLASH, number, binding, rank)  # type: ignore[arg-type]

                return found

            return clash
        head, prop, value = clause.head
        start, end = layout.places[head], layout.places[value]

        def conclude(add: Add) -> Callable[[list[int], int], None]:
            def found(binding: list[int], rank: int) -> None:
                add(prop, binding[start], binding[end], rank + 1)

            return found

        return conclude

    def premises(self, clause: Clause, layout: Layout, binding: list[int]) -> tuple[Fact, ...]:
        """Return the facts that a clause used: data first, axioms last.

        What is so by the value of a literal, such as its datatype, is no fact of anybody's.
        """
        places = layout.places
        body = ((binding[places[s]], p, binding[places[o]]) for s, p, o in clause.body)
        return (*(fact for fact in body if not fact[0] & 1), *clause.axioms)

    def clash_of(self, number: int, node: int) -> tuple[str, tuple[Fact, ...]]:
        """Return the rule and the facts of a clash among the classes of one thing."""
        clause = self._listed[number]
        facts = ((node, prop, value) for _, prop, value in clause.body)
        return clause.rule, (*facts, *clause.axioms)

    def clash(self, number: int, binding: list[int]) -> tuple[str, tuple[Fact, ...]]:
        """Return the rule and the facts of a clash."""
        clause = self._listed[number]
        return clause.rule, self.premises(clause, lay_out(clause.body), binding)

    def concluding(self, fact: Fact) -> Iterator[Clause]:
        """Yield the clauses whose conclusion a fact could be."""
        _, prop, value = fact
        if prop == self._types.number:
            yield from self._by_head.get((prop, value), ())
        yield from self._by_head.get((prop, -1), ())

    def search(
        self, clause: Clause, fact: Fact, found: Callable[[tuple[Fact, ...], int], bool | None]
    ) -> bool | None:
        """Find all ways in which a clause concludes a fact; ``found`` gets premises and rank."""
        head = clause.head
        if head is None or (head[2] >= 0 and head[2] != fact[2]):
            return None
        if (head[0] >= 0 and head[0] != fact[0]) or (head[0] == head[2] and fact[0] != fact[2]):
            return None
        if clause not in self._backwards:
            layout = lay_out((*clause.body, head))
            steps = chain(clause.body, {head[0], head[2]}, layout, self._relation)
            self._backwards[clause] = layout, steps
        layout, steps = self._backwards[clause]
        binding = layout.template.copy()
        binding[layout.places[head[0]]], binding[layout.places[head[2]]] = fact[0], fact[2]
        return steps(
            binding,
            clause.base,
            lambda complete, rank: found(self.premises(clause, layout, complete), rank),
        )


def _single(head: Atom, atom: Atom, base: int) -> Trigger:
    """Return the trigger of a clause with one pattern, without any search."""
    start, prop, end = head
    turned, from_subject = (start, end) == (atom[2], atom[0]), start == atom[0]

    def along(one: int, other: int, rank: int, add: Add) -> None:
        add(prop, one, other, (rank if rank > base else base) + 1)

    def around(one: int, other: int, rank: int, add: Add) -> None:
        add(prop, other, one, (rank if rank > base else base) + 1)

    def subject(one: int, _: int, rank: int, add: Add) -> None:
        add(prop, one, end, (rank if rank > base else base) + 1)

    def value(_: int, other: int, rank: int, add: Add) -> None:
        add(prop, other, end, (rank if rank > base else base) + 1)

    def fixed(one: int, other: int, rank: int, add: Add) -> None:
        at = {atom[0]: one, atom[2]: other}
        add(prop, at.get(start, start), at.get(end, end), (rank if rank > base else base) + 1)

    if start < 0 and end < 0 and start != end:
        return around if turned else along
    if end >= 0 and start < 0:
        return subject if from_subject else value
    return fixed
