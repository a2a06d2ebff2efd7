"""What people fill in: tables and JSON become triples, or a problem with its place."""

import csv
import io
import json

import openpyxl
import pytest
from pyoxigraph import Literal, NamedNode

from govkg.errors import DocumentSyntaxError, UnsafeInputError, WorkbookError
from govkg.forms import load_form
from govkg.forms.building import Filled
from govkg.forms.csv_reading import read_csv
from govkg.forms.json_reading import is_linked, load_json, read_json
from govkg.forms.problems import MAX_PROBLEMS, RULES
from govkg.forms.xlsx_reading import read_xlsx
from govkg.validation.findings import did_you_mean
from govkg.vocabulary import GC, GOV

CASE = "https://w3id.org/govkg/case/"
FORM = load_form()


def workbook(**sheets: list[list[object]]) -> bytes:
    """A workbook with these rows on its sheets."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def table(*rows: list[str], delimiter: str = ",") -> str:
    """A CSV file."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def values(filled: Filled, node: str, name: str) -> set[str]:
    """The values of a property of a node, shortened."""
    path = next(f.path for e in FORM.entities for f in e.fields if f.key == name)
    found = (t for t in filled.triples if (t.subject, t.predicate.value) == (NamedNode(node), path))
    return {triple.object.value.removeprefix(GC) for triple in found}


def told(filled: Filled) -> list[tuple[str, str, str]]:
    """The rule, the place and the value of each problem."""
    return [
        (p.rule, p.place.as_text("en") if p.place else "", p.value.value) for p in filled.problems
    ]


def test_rows_of_several_sheets_become_one_case() -> None:
    """A row names another by its key, and a part hangs on the only case by itself."""
    kind = FORM.by_key["measure"].by_key["ofType"].options[0]

    filled = read_xlsx(
        FORM,
        workbook(
            case=[["key", "title@en", "hasLeadJurisdiction"], ["a", "One counter", "town"]],
            place=[["key", "label@en", "countryCode"], ["town", "Town", "CN"]],
            measure=[
                ["key", "label@en", "ofType"],
                ["m1", "Merging", kind.labels["zh"]],
            ],
        ),
    )

    assert filled.problems == ()
    assert values(filled, f"{CASE}a", "hasLeadJurisdiction") == {
        "https://w3id.org/govkg/place/town"
    }
    assert values(filled, f"{CASE}a", "adopts") == {f"{CASE}a#m1"}
    assert values(filled, f"{CASE}a#m1", "ofType") == {kind.key}


@pytest.mark.parametrize(
    "text",
    ["slow-approval", "gc:slow-approval", GC + "slow-approval", "Slow,  INEFFICIENT approval",
     "审批耗时长、效率低", "slow, inefficient approval | 审批耗时长、效率低"],
)  # fmt: skip
def test_a_concept_is_known_by_any_of_its_names(text: str) -> None:
    """Key, IRI, English label or Chinese label: width, case and space do not matter."""
    filled = read_json(FORM, {"key": "a", "exhibitsSymptom": text})

    assert filled.problems == ()
    assert values(filled, f"{CASE}a", "exhibitsSymptom") == {"slow-approval"}


def test_an_unknown_concept_is_told_with_its_place_and_what_was_meant() -> None:
    """The cell, the field, the value and the nearest choices stand in one finding."""
    filled = read_xlsx(FORM, workbook(case=[["key", "hasGovernmentLevel"], ["a", "townshp level"]]))

    (problem,) = filled.problems
    assert told(filled) == [("F02", "sheet case, row 2, column B", "townshp level")]
    assert problem.name["zh"] == "政府层级"
    assert "township level" in {each.label["en"] for each in problem.suggestions}


@pytest.mark.parametrize(
    ("column", "text", "rule", "hint"),
    [
        ("startDate", "03/04/2014", "F03", "2014-04-03"),
        ("hasLeadJurisdiction", "two words", "F06", "row of its own"),
        ("startDate", "=TODAY()", "F07", "not calculated"),
        ("title_en@", "X", "F01", "title@en"),
    ],
)
def test_each_fault_in_a_cell_has_a_number_and_a_remedy(
    column: str, text: str, rule: str, hint: str
) -> None:
    """A date, a key, a formula, a column: each is told apart."""
    filled = read_csv(FORM, table(["case", "title@en", column], ["a", "A", text]).encode())

    assert [p.rule for p in filled.problems] == [rule]
    assert hint in filled.problems[0].message["en"] + did_you_mean(filled.problems[0], "en")


def test_a_row_without_a_key_is_read_and_told() -> None:
    """The rest of the row is still checked, and a key is suggested."""
    rows = [["key", "title@en", "startDate"], [None, "One Counter!", "soon"]]

    filled = read_xlsx(FORM, workbook(case=rows))

    assert [p.rule for p in filled.problems] == ["F08", "F03"]
    assert filled.problems[0].suggestions[0].label["en"] == "one-counter"


def test_a_key_that_stands_twice_is_told() -> None:
    """Two rows with one key would become one node."""
    filled = read_xlsx(FORM, workbook(case=[["key", "title@en"], ["a", "A"], ["a", "B"]]))

    assert [p.rule for p in filled.problems] == ["F09"]


def test_a_misspelt_reference_names_the_nearest_key() -> None:
    """A part that is not there is a violation; a shared place may be described elsewhere."""
    filled = read_xlsx(
        FORM,
        workbook(
            case=[["key", "hasLeadJurisdiction"], ["a", "towm"]],
            place=[["key", "label@en"], ["town", "Town"]],
            outcome=[["key", "isOutcomeOf"], ["o", "mesure-1"]],
            measure=[["key", "label@en"], ["measure-1", "Merging"]],
        ),
    )

    assert [(p.severity, p.suggestions[0].label["en"]) for p in filled.problems] == [
        ("warning", "town"),
        ("violation", "measure-1"),
    ]


def test_a_reference_may_be_the_label_of_a_row() -> None:
    """People write the name of a place as well as its key."""
    filled = read_xlsx(
        FORM,
        workbook(
            case=[["key", "hasLeadJurisdiction"], ["a", "示例镇"]],
            place=[["key", "label@zh"], ["town", "示例镇"]],
        ),
    )

    assert filled.problems == ()
    assert values(filled, f"{CASE}a", "hasLeadJurisdiction") == {
        "https://w3id.org/govkg/place/town"
    }


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_reads_csv_of_any_delimiter_and_encoding(delimiter: str, encoding: str) -> None:
    """A byte order mark is no part of a name, and a guessed encoding is said."""
    text = table(
        ["case", "title@zh", "startDate"], ["a", "一窗受理改革", "2014年5月"], delimiter=delimiter
    )

    filled = read_csv(FORM, text.encode(encoding))

    assert values(filled, f"{CASE}a", "title") == {"一窗受理改革"}
    assert values(filled, f"{CASE}a", "startDate") == {"2014-05"}
    assert [p.rule for p in filled.problems] == (["F11"] if encoding == "gb18030" else [])


def test_a_declared_encoding_is_not_guessed() -> None:
    """Who says GB18030 gets no notice; who says UTF-8 wrongly gets an error with the byte."""
    data = table(["case", "title@zh"], ["a", "一窗"]).encode("gb18030")

    assert read_csv(FORM, data, "gb18030").problems == ()
    with pytest.raises(WorkbookError, match="byte"):
        read_csv(FORM, data, "utf-8")


def test_rows_of_one_table_may_go_on_with_a_case() -> None:
    """Further measures of a case stand in further rows under the same key."""
    text = table(
        ["case", "title@en", "measure.key", "measure.label@en"],
        ["a", "A", "m1", "First"],
        ["a", "", "m2", "Second"],
        ["b", "B", "m1", "Other"],
    )

    filled = read_csv(FORM, text.encode())

    assert filled.problems == ()
    assert values(filled, f"{CASE}a", "adopts") == {f"{CASE}a#m1", f"{CASE}a#m2"}
    assert values(filled, f"{CASE}b", "adopts") == {f"{CASE}b#m1"}


def test_headers_may_be_labels_in_either_language() -> None:
    """Who deletes the keys in row 1 is understood by the labels in row 2."""
    text = table(["案例", "标题（中文）", "From"], ["a", "一窗", "2014"])

    filled = read_csv(FORM, text.encode())

    assert filled.problems == ()
    assert values(filled, f"{CASE}a", "title") == {"一窗"}
    assert values(filled, f"{CASE}a", "startDate") == {"2014"}


def test_the_example_and_the_labels_are_not_read() -> None:
    """A template that comes back as it went out says nothing."""
    from govkg.forms.csv_writing import csv_template
    from govkg.forms.xlsx_writing import template

    assert read_xlsx(FORM, template(FORM)).triples == []
    assert read_csv(FORM, csv_template(FORM)).triples == []


def test_plain_json_may_nest_parts_and_places() -> None:
    """A part inside a case is linked; a JSON Pointer says where a fault stands."""
    filled = read_json(
        FORM,
        {
            "key": "a",
            "title": {"en": "A"},
            "hasLeadJurisdiction": {"key": "town", "label": {"en": "Town"}},
            "adopts": [{"label": {"en": "M"}, "startDate": "2014", "ofType": ["no such"]}],
            "colour": "red",
        },
    )

    assert values(filled, f"{CASE}a", "hasLeadJurisdiction") == {
        "https://w3id.org/govkg/place/town"
    }
    assert len(values(filled, f"{CASE}a", "adopts")) == 1
    assert told(filled) == [
        ("F02", "at /adopts/0/ofType/0", "no such"),
        ("F01", "at /colour", "colour"),
    ]


@pytest.mark.parametrize("wrong", [{"a": 1}, [[1]], True, None, 3])
def test_json_of_another_shape_is_a_problem_not_a_crash(wrong: object) -> None:
    """Whatever stands where a value should, reading goes on."""
    document = {"key": "a", "title": wrong, "startDate": wrong, "adopts": wrong, "type": wrong}

    filled = read_json(FORM, document)

    assert all(p.rule in RULES and p.place for p in filled.problems)
    read_json(FORM, wrong)


def test_json_with_a_context_is_json_ld() -> None:
    """Only plain JSON is read as a form."""
    assert is_linked({"@context": {}})
    assert is_linked([{"@id": "x"}])
    assert not is_linked({"key": "a"})


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b'{"key": "a"', DocumentSyntaxError),
        (b'{"key": "\xff"}', DocumentSyntaxError),
        (b"[" * 100_000, UnsafeInputError),
        (b"1" * 10_000, DocumentSyntaxError),
    ],
)
def test_broken_json_is_refused(data: bytes, error: type[Exception]) -> None:
    """Truncated, not UTF-8, nested without end, or a number that takes for ever."""
    with pytest.raises(error):
        load_json(data)


def test_an_error_in_each_of_ten_thousand_rows_ends_soon() -> None:
    """Reading stops at the limit and says so; what was found is told."""
    rows = [["case", "title@en", "startDate"], *([f"c{n}", "X", "soon"] for n in range(10_000))]

    filled = read_csv(FORM, table(*rows).encode())

    assert len(filled.problems) == MAX_PROBLEMS + 1
    assert filled.problems[-1].rule == "F10"
    assert len(filled.triples) < 5 * MAX_PROBLEMS


def test_statements_without_a_column_are_read() -> None:
    """The sheet of statements holds N-Triples, and a broken one is told with its row."""
    good = f'<{CASE}a> <{GOV}note> "x" .'

    filled = read_xlsx(FORM, workbook(case=[["key"], ["a"]], statements=[[good], ["nonsense"]]))

    assert Literal("x") in {t.object for t in filled.triples}
    assert told(filled) == [("F13", "sheet statements, row 2", "nonsense")]


def test_a_document_of_lists_is_read() -> None:
    """Places and measures may stand beside the cases."""
    text = json.dumps({"cases": [{"key": "a"}], "measure": [{"key": "m", "case": "a"}]})

    filled = read_json(FORM, load_json(text.encode()))

    assert filled.problems == ()
    assert values(filled, f"{CASE}a", "adopts") == {f"{CASE}a#m"}
