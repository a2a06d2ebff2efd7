"""The example that templates show, made of the examples of each field."""

from pyoxigraph import NamedNode, Triple

from govkg.forms.model import Entity, Form
from govkg.forms.unbuilding import tables_of
from govkg.vocabulary import RDF


def example_triples(form: Form) -> list[Triple]:
    """Return one node of each entity, with the examples of its fields."""
    found = []
    for entity in form.entities:
        node = NamedNode(entity.example)
        found.append(Triple(node, NamedNode(RDF + "type"), NamedNode(entity.example_type)))
        for field in entity.fields:
            below = (NamedNode(form.by_key[t].example) for t in field.targets)
            values = tuple(below) if field.kind == "part" else field.examples
            found += [Triple(node, NamedNode(field.path), value) for value in values]
    return found


def example_cells(form: Form, entity: Entity, *, shown: bool) -> dict[str, str]:
    """Return the example of an entity as cells by column, with labels of options if ``shown``."""
    row = tables_of(form, example_triples(form)).rows[entity.key][0]
    cells = dict(row.cells)
    for column in row.options if shown else ():
        field = entity.by_key.get(column)
        options = field.options if field else entity.types
        cells[column] = next((o.shown for o in options if o.key == cells[column]), cells[column])
    return cells
