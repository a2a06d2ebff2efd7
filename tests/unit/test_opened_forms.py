"""A form that is filled in from what a case says already: nothing is lost, nothing is moved."""

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from govkg import bundle
from govkg.forms import load_form
from govkg.forms.answering import REST, Answers, answers_of, document_of, opened
from govkg.forms.json_reading import read_json
from govkg.ontology import read_files

FORM = load_form()
EXAMPLES = bundle.example_cases()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_case_goes_through_the_form(path: Path) -> None:
    """Opened in the form and written again, a case says the same."""
    triples = set(read_files([path]))

    answers = opened(FORM, triples)

    assert set(read_json(FORM, document_of(FORM, answers)).triples) == triples
    assert answers.text("/case/0/title/en")


def test_what_no_question_asks_for_is_kept_beside() -> None:
    """A title in French and a statement about something else stand among the rest."""
    case = NamedNode("https://w3id.org/govkg/case/x")
    title = NamedNode("http://purl.org/dc/terms/title")
    kind = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    triples = {
        Triple(case, kind, NamedNode("https://w3id.org/govkg/ontology#GovernanceCase")),
        Triple(case, title, Literal("One counter", language="en")),
        Triple(case, title, Literal("Un guichet", language="fr")),
        Triple(NamedNode("urn:a"), NamedNode("urn:b"), Literal("c\nd")),
    }

    answers = opened(FORM, triples)
    again = answers_of(document_of(FORM, answers))

    assert sorted(line.split(" ")[0] for line in answers.text(REST).splitlines()) == [
        "<https://w3id.org/govkg/case/x>",
        "<urn:a>",
    ]
    assert set(read_json(FORM, document_of(FORM, again)).triples) == triples


def test_a_finding_is_told_where_it_was_typed() -> None:
    """Blank parts are not in the document, and do not shift what is found in it."""
    answers = Answers(
        [
            ("/case/0/title/en", "One counter"),
            ("/case/0/adopts/0/label/en", ""),
            ("/case/0/adopts/3/label/en", "Desks"),
            ("/place/2/label/en", "Example Town"),
        ]
    )

    document = document_of(FORM, answers)

    assert [each["label"]["en"] for each in document["case"][0]["adopts"]] == ["Desks"]
    assert answers.typed_at("/case/0/adopts/0/label") == "/case/0/adopts/3/label"
    assert answers.typed_at("/place/0") == "/place/2"
    assert answers.typed_at("/case/0/startDate") == "/case/0/startDate"
