"""Whoever filled in a form is told what to mend in words of the form, not of RDF."""

import io
import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final, get_args

import openpyxl
import pytest

from govkg.cases.checking import REPORT_FORMATS, Checker, Submission, rendered
from govkg.errors import UnsafeInputError
from govkg.forms.formats import format_named, write_document
from govkg.forms.model import LANGUAGES
from govkg.forms.naming import Medium
from govkg.forms.rewording import Rewording
from govkg.ontology import read_files
from govkg.validation import Finding, Report
from govkg.validation.shapes import text_of

CASES: Final = Path(__file__).parents[2] / "examples" / "cases"
INVALID: Final = sorted((CASES / "invalid").glob("*.ttl"))
MEDIA: Final = get_args(Medium)
RDF: Final = re.compile(
    r"\b(?:g[ocs]v?h?|dcterms|dcat|rdfs?|skos|prov|sh|xsd|owl|foaf|schema):[A-Za-z]|https?:|urn:"
    r"|\^\^|\w@[a-z]{2}\b.*\"|\bIRI\b|\bIRI|\bnode\b|节点|\bsubclass|子类|language tag|语言标签"
)
"""What only an author of RDF knows: prefixed names, IRIs and words of the trade."""


@cache
def checker() -> Checker:
    """The checker of the service."""
    return Checker()


@cache
def read(path: Path, format: str = "json", old: str = "", new: str = "") -> Submission:
    """A case as it is handed in, with something of it replaced."""
    data = write_document(checker().form, read_files([path]), format_named(format))
    data = data.replace(old.encode(), new.encode()) if old else data
    return checker().read(data, format_named(format))


@cache
def plain(path: Path) -> Report:
    """What the rules find of a case, in words for authors of RDF."""
    return checker().validate(replace(read(path), medium=None))


@cache
def report(path: Path, medium: Medium) -> Report:
    """The same in the words of a medium."""
    sent = read(path)
    return Rewording(checker().form, medium, sent.triples).report(plain(path), sent.places)


def named(name: str, medium: Medium, rule: str) -> Finding:
    """The first finding of a rule on an invalid case."""
    found = report(CASES / "invalid" / f"{name}.ttl", medium).findings
    return next(each for each in found if each.rule == rule)


@pytest.mark.parametrize("medium", MEDIA)
def test_no_finding_speaks_of_rdf(medium: Medium) -> None:
    """No message, expectation or remedy names a property, a class or an IRI, in any language."""
    broken = 0
    for path in INVALID:
        try:
            found = report(path, medium)
        except UnsafeInputError:
            continue  # it speaks of a term of the ontology, which no form can hold
        broken += bool(found.findings)
        for each in found.findings:
            own = "" if each.value is None else text_of(each.value)
            for language in LANGUAGES:
                for words in (each.name, each.message, each.expected, each.remedy):
                    said = words[language].replace(own, "") if own else words[language]
                    assert not RDF.search(said), (path.stem, each.rule, said)
                assert each.message[language], (path.stem, each.rule)

    assert broken > len(INVALID) * 0.9


@pytest.mark.parametrize("medium", MEDIA)
def test_hints_do_not_speak_of_rdf(medium: Medium) -> None:
    """What would make a case more complete is told in words of the form too."""
    for path in INVALID[:20]:
        for score in report(path, medium).completeness:
            for gap in score.gaps:
                assert not RDF.search("".join(gap.message.values())), gap.message


@pytest.mark.parametrize(
    ("medium", "english", "chinese"),
    [
        ("xlsx", "Fill in at least one row of the sheet “measure”.",
         "请在工作表“measure”中至少填写一项。"),
        ("csv", "Fill in at least one row with “measure.key”.",
         "请在“measure.…”各列中至少填写一项。"),
        ("json", "object of the kind “measure”", "“measure”类对象"),
        ("form", "entry under “Measures”", "“举措”中的条目"),
    ],
)  # fmt: skip
def test_missing_part_is_told_where_it_goes(medium: Medium, english: str, chinese: str) -> None:
    """A case without a measure is told the sheet, the columns, the list or the heading."""
    found = named("case-without-measure", medium, "C08")

    assert found.message["en"].startswith("The case adopts no measure. ")
    assert english in found.message["en"]
    assert chinese in found.message["zh"]
    assert found.name == {"en": "measures", "zh": "举措"}


@pytest.mark.parametrize(
    ("medium", "english"),
    [
        ("xlsx", "A measure needs at least one “type | 类型” that is a known remedy type such as"
                 " “government outsourcing”. Take one from the list of the column."),
        ("csv", "A measure needs at least one “measure.ofType” that is a known remedy type such as"
                " “government outsourcing”. Take one from the list of choices in the template."),
        ("json", "A measure needs at least one “ofType” that is a known remedy type such as"
                 " “government outsourcing”. Take one from the choices in the JSON Schema."),
        ("form", "A measure needs at least one “type” that is a known remedy type such as"
                 " “government outsourcing”. Take one from the list of choices."),
    ],
)  # fmt: skip
def test_fields_have_the_names_that_stand_there(medium: Medium, english: str) -> None:
    """A property is the label of a column, a key or the label of a question."""
    found = named("measure-type-unknown", medium, "C08")

    assert found.message["en"] == english


def test_an_unknown_key_is_told_with_the_rows_that_have_keys() -> None:
    """What RDF calls an undescribed node is a key that no row has."""
    found = named("scope-not-described", "xlsx", "C43")

    assert found.message["en"] == (
        "“nowhere” in “takes place in | 实施地” is not the key of any row of the sheet “place”."
        " Correct the key, or add a row of the sheet “place” with this key."
    )
    assert found.message["zh"] == (
        "“takes place in | 实施地”填写的“nowhere”不是工作表“place”中的行的键。"
        "请改正该键，或为该键添加工作表“place”中的行。"
    )


def test_other_parts_are_called_by_their_keys() -> None:
    """A message that compares two cases calls them by their keys and the concept by its label."""
    found = named("case-recorded-twice", "csv", "C35")

    assert found.message["en"].startswith(
        "This case may repeat “example-town”: both are led by “example-town”, start in 2014 and"
        " adopt “merging related departmental functions”."
    )


def test_text_at_fault_is_found_in_its_column() -> None:
    """A rule about any text points at the column in which the text stands."""
    path = CASES / "invalid" / "email-address-in-label.ttl"

    found = next(f for f in checker().validate(read(path, "xlsx")).findings if f.rule == "C30")

    assert found.place
    assert found.place.column
    assert found.message["en"].startswith("This text or link holds an e-mail address")


def test_what_the_submitter_wrote_is_left_as_it_is() -> None:
    """A value that looks like a name of RDF is not translated."""
    path = CASES / "invalid" / "date-in-words.ttl"
    found = checker().validate(read(path, "json", "spring 2016", "gov:adopts")).findings

    assert found[0].message["en"].startswith("“gov:adopts” does not fit “assessmentDate”.")


def test_authors_of_rdf_are_told_in_rdf() -> None:
    """Turtle is answered in its own terms, as before."""
    path = CASES / "invalid" / "case-without-measure.ttl"

    found = checker().validate(checker().read(path.read_bytes(), format_named("turtle")))

    assert "gov:adopts" in found.findings[0].message["en"]


@pytest.mark.parametrize("form", sorted(set(REPORT_FORMATS) - {"turtle", "json-ld", "xlsx"}))
def test_every_form_of_report_has_the_words(form: str) -> None:
    """Text, JSON, CSV, the page, SARIF and JUnit say the same."""
    path = CASES / "invalid" / "case-without-measure.ttl"
    found = checker().validate(read(path, "csv"))

    text = rendered(found, form, "en").decode()

    assert "row with" in text
    assert "measure.key" in text
    assert "gov:adopts" not in text


def test_workbook_has_the_words() -> None:
    """The sheet of problems says what the report says."""
    path = CASES / "invalid" / "case-without-measure.ttl"
    sent = read(path, "xlsx")

    made = rendered(checker().validate(sent), "xlsx", "en", workbook=sent.workbook)

    rows = list(openpyxl.load_workbook(io.BytesIO(made))["problems"].values)
    assert "Fill in at least one row of the sheet “measure”." in json.dumps(
        rows, ensure_ascii=False
    )
    assert "请在工作表“measure”中至少填写一项。" in json.dumps(rows, ensure_ascii=False)
