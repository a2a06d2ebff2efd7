"""The form that is read from the shapes, and the files made from it: none can drift."""

import io
import json
from dataclasses import replace

import openpyxl
import pytest
from pyoxigraph import Literal, NamedNode, Triple

from govkg import bundle
from govkg.forms import Form, load_form
from govkg.forms.artefacts import ARTEFACTS, Artefact
from govkg.forms.documentation import fields_in_words
from govkg.forms.json_context import json_context
from govkg.forms.shapes import read_form
from govkg.ontology import load_ontology, read_files
from govkg.vocabulary import CASE_CONTEXT, GOV, GSH, SH, XSD

ADDRESS = "https://example.org/shapes/cases/"
DOCUMENTATION = Artefact(
    "words", "", "text/markdown", lambda form, _: fields_in_words(form, "en").encode()
)
EVERYTHING = (*ARTEFACTS, DOCUMENTATION)


def shapes() -> list[Triple]:
    """The shapes of the rules and of the form."""
    return read_files([*bundle.shapes(), *bundle.forms()])


def form_of(triples: list[Triple]) -> Form:
    """The form of some shapes."""
    return read_form("cases", triples, load_ontology())


def text_of(artefact: Artefact, form: Form) -> str:
    """All that a file says, as text."""
    data = artefact.make(form, ADDRESS)
    if artefact.name != "xlsx":
        return data.decode()
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = (cell for sheet in book for row in sheet.iter_rows() for cell in row)
    return "\n".join(f"{cell.value} {cell.comment.text if cell.comment else ''}" for cell in cells)


def test_every_property_of_a_rule_has_a_field() -> None:
    """Whatever a rule says of one kind of part can be filled in."""
    known = {
        (entity.target, field.path) for entity in load_form().entities for field in entity.fields
    }
    all_of_it = shapes()
    targets: dict[object, list[str]] = {}
    for triple in all_of_it:
        if triple.predicate.value == SH + "targetClass" and isinstance(triple.object, NamedNode):
            targets.setdefault(triple.subject, []).append(triple.object.value)
    holders = [t for t in all_of_it if t.predicate.value == SH + "property"]
    paths = {t.subject: t.object for t in all_of_it if t.predicate.value == SH + "path"}

    asked = {
        (targets[each.subject][0], paths[each.object].value)
        for each in holders
        if len(targets.get(each.subject, [])) == 1 and isinstance(paths[each.object], NamedNode)
    }

    assert len(asked) > 100
    assert asked <= known


@pytest.mark.parametrize("artefact", EVERYTHING, ids=lambda each: each.name)
def test_every_field_occurs_in_each_file(artefact: Artefact) -> None:
    """No file forgets a field."""
    text = text_of(artefact, load_form())

    missing = {
        field.key
        for entity in load_form().entities
        for field in (
            entity.fields if artefact.name not in {"xlsx", "csv", "csvw"} else entity.cells
        )
        if field.key not in text
        and (artefact.name != "json" or field.examples)  # JSON shows the example alone
    }

    assert missing == set()


@pytest.mark.parametrize("artefact", EVERYTHING, ids=lambda each: each.name)
def test_a_new_property_in_a_rule_reaches_each_file(artefact: Artefact) -> None:
    """A rule with a new property brings a new column, key and term."""
    shape = NamedNode(GSH + "Case-budget")
    added = [
        Triple(NamedNode(GSH + "Case"), NamedNode(SH + "property"), shape),
        Triple(shape, NamedNode(SH + "path"), NamedNode(GOV + "budgetInYuan")),
        Triple(shape, NamedNode(SH + "datatype"), NamedNode(XSD + "decimal")),
        Triple(shape, NamedNode("http://www.w3.org/2004/02/skos/core#example"), Literal("12")),
    ]

    assert "budgetInYuan" not in text_of(artefact, load_form())
    assert "budgetInYuan" in text_of(artefact, form_of(shapes() + added))


@pytest.mark.parametrize("name", ["xlsx", "csvw", "json-schema", "words"])
def test_a_changed_description_reaches_each_file_with_words(name: str) -> None:
    """The words of a field are those of its shape."""
    artefact = next(each for each in EVERYTHING if each.name == name)
    subject, predicate = NamedNode(GSH + "field-title"), NamedNode(SH + "description")
    others = [t for t in shapes() if (t.subject, t.predicate) != (subject, predicate)]
    changed = Triple(subject, predicate, Literal("A wholly new sentence.", language="en"))

    assert "A wholly new sentence." in text_of(artefact, form_of([*others, changed]))


def test_a_changed_rule_changes_what_is_required() -> None:
    """How much a field is wanted is what the rules say."""
    subject = NamedNode(GSH + "Case-endDate")
    required = Triple(subject, NamedNode(SH + "minCount"), Literal(1))

    before = load_form().by_key["case"].by_key["endDate"].level
    after = form_of([*shapes(), required]).by_key["case"].by_key["endDate"].level

    assert (before, after) == ("optional", "required")


def test_a_new_class_of_actor_is_a_new_choice() -> None:
    """The types of a part are the classes of the ontology, without those that are derived."""
    types = {option.key for option in load_form().by_key["actor"].types}

    assert {"TownshipGovernment", "Enterprise", "NationalLegislature"} <= types
    assert "EverModernGovernment" not in types


def test_every_field_is_named_in_both_languages() -> None:
    """Nobody meets a field without a name and a description in their language."""
    fields = [field for entity in load_form().entities for field in entity.fields]

    poor = [
        f.key
        for f in fields
        for words in (f.labels, f.descriptions)
        if not _is_chinese(words["zh"])
    ]

    assert poor == []


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def test_no_label_of_a_choice_looks_like_two_values() -> None:
    """A semicolon divides values, so that no label may hold one."""
    options = [o for e in load_form().entities for f in e.fields for o in f.options]

    assert [o.key for o in options if ";" in o.shown or "；" in o.shown] == []


def test_the_newest_published_context_is_that_of_the_form() -> None:
    """Plain JSON means as JSON-LD what the form says; a changed form needs a new version."""
    newest = max(bundle.contexts(), key=lambda path: int(path.stem.rpartition("v")[2]))

    assert json.loads(newest.read_text("utf-8")) == json_context(load_form())


def test_an_older_published_context_agrees_with_the_form() -> None:
    """A context that was published keeps its meaning; later ones only add to it."""
    first = json.loads(bundle.contexts()[0].read_text("utf-8"))["@context"]
    derived = json_context(load_form())["@context"]

    def path(term: object) -> str:
        text = str(term["@id"] if isinstance(term, dict) else term)
        prefix, colon, local = text.partition(":")
        return f"{first[prefix]}{local}" if colon and prefix in first else text

    differing = {key for key in derived if key in first and path(first[key]) != path(derived[key])}

    assert CASE_CONTEXT.endswith("/case-v1.jsonld")
    assert differing == set()


def test_the_schema_names_every_choice() -> None:
    """Whoever writes JSON finds the allowed keys in the schema."""
    schema = json.loads(
        next(a for a in ARTEFACTS if a.name == "json-schema").make(load_form(), ADDRESS)
    )

    level = schema["$defs"]["case"]["properties"]["hasGovernmentLevel"]

    assert "township-level" in level["enum"]
    assert "title" in schema["$defs"]["case"]["required"]


def test_the_template_offers_choices_on_a_hidden_sheet() -> None:
    """A dropdown holds labels in both languages."""
    book = openpyxl.load_workbook(io.BytesIO(ARTEFACTS[0].make(load_form(), ADDRESS)))

    rules = book["assessment"].data_validations.dataValidation
    names = {rule.formula1: str(rule.sqref) for rule in rules}
    where = book.defined_names["assessment_onAxis"].attr_text
    sheet, cells = where.split("!")

    assert book["_lists"].sheet_state == "hidden"
    assert "assessment_onAxis" in names
    texts = [row[0].value for row in book[sheet.strip("'")][cells.replace("$", "")]]
    assert len(texts) == 5
    assert all(" | " in text for text in texts)


def test_a_form_without_a_field_is_a_smaller_form() -> None:
    """The model is plain data: what is taken from it is missing in a template."""
    form = load_form()
    case = replace(form.root, fields=tuple(f for f in form.root.fields if f.key != "version"))
    smaller = replace(form, entities=(case, *form.entities[1:]))

    assert "version" in text_of(ARTEFACTS[1], form)
    assert "version" not in text_of(ARTEFACTS[1], smaller)
