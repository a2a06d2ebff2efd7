"""SPARQL constraints put to a SHACL engine once for all focus nodes, as shapes of one node.

An engine plans the query of a SPARQL constraint anew for each focus node (SHACL section 5.3.1),
about a hundred times for one case. Here the focus nodes are put into the data, and the query, of a
shape with one target of its own, starts from them; what it binds to ``?path`` says which they are.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from govkg.ontology import TYPE
from govkg.rdf import Node
from govkg.validation.queries import started_from
from govkg.validation.results import Result
from govkg.validation.setwise import Constraint, SetWise
from govkg.validation.shapes import sh

_OURS: Final = "urn:x-govkg:engine:"
_ALL: Final = NamedNode(_OURS + "all")
_THIS: Final = re.compile(r"[$?]this\b")
_SELECT: Final = re.compile(r"^\s*SELECT\s+(?:DISTINCT\s+)?", re.IGNORECASE)
_GROUP: Final = re.compile(r"\bGROUP\s+BY\b", re.IGNORECASE)
_MESSAGE: Final = re.compile(r"\{[$?]this\}")


class Gathered:
    """Shapes of which the SPARQL constraints are asked once, where that means the same."""

    def __init__(self, shapes: Sequence[Triple], background: Iterable[Triple]) -> None:
        """Rewrite the constraints; ``shapes`` are all that an engine is given."""
        self._set_wise = SetWise(shapes, background)
        self._marks = {
            classes: NamedNode(f"{_OURS}focus:{number}")
            for number, classes in enumerate(self._set_wise.targets)
        }
        self._constraints: dict[Node, Constraint] = {}
        made: list[Triple] = []
        for number, constraint in enumerate(self._set_wise.constraints):
            shape = NamedNode(f"{_OURS}constraint:{number}")
            self._constraints[shape] = constraint
            made += self._shape(shape, constraint)
        self.shapes = [*self._set_wise.rest, *made]

    def _shape(self, shape: NamedNode, constraint: Constraint) -> Iterator[Triple]:
        """Yield the shape that stands for a constraint."""
        node = BlankNode()
        yield Triple(shape, TYPE, sh("NodeShape"))
        yield Triple(shape, sh("targetNode"), _ALL)
        yield Triple(shape, sh("severity"), constraint.severity)
        yield Triple(shape, sh("sparql"), node)
        yield Triple(node, sh("select"), Literal(self._query(constraint)))
        for message in constraint.messages:
            text = _MESSAGE.sub("{?_this}", message.value)
            yield Triple(node, sh("message"), Literal(text, language=message.language))

    def _query(self, constraint: Constraint) -> str:
        """Return the query of a constraint as one that starts from all focus nodes."""
        query = _THIS.sub("?_this", constraint.query)
        query = _SELECT.sub(lambda found: f"{found.group()} ?path ", query)
        query = _GROUP.sub("GROUP BY ?path", query)
        query = started_from(query, f"?path {self._marks[constraint.classes]} ?_this .")
        prefixes = (f"PREFIX {name}: <{iri}>" for name, iri in self._set_wise.prefixes.items())
        return "\n".join((*prefixes, query))

    def marked(self, data: Sequence[Triple]) -> tuple[list[Triple], dict[str, Node]]:
        """Return what tells the queries their focus nodes in some data, and these by their names.

        The names are those that the paths of results have.
        """
        triples: list[Triple] = []
        foci: dict[str, Node] = {}
        for classes, nodes in self._set_wise.foci(data).items():
            for node in nodes:
                name = NamedNode(f"{_OURS}focus-node:{len(foci)}")
                foci[name.value] = node
                triples.append(Triple(name, self._marks[classes], node))
        return triples, foci

    def told(self, found: Result, foci: Mapping[str, Node]) -> Result:
        """Return what an engine found by a shape of ours as found by the one it stands for."""
        constraint = self._constraints.get(found.shape) if found.shape else None
        if constraint is None:
            return found
        focus = foci[found.path.text if found.path else ""]
        value = focus if found.value == _ALL else found.value
        return replace(found, focus=focus, path=None, value=value, shape=constraint.shape)
