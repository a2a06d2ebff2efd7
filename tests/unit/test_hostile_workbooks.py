"""Workbooks that attack: each is refused, or read within limits, and nothing is evaluated."""

import io
import tracemalloc
import zipfile
from collections.abc import Callable

import openpyxl
import pytest

from govkg.errors import GovkgError, TooLargeError, UnsafeInputError, WorkbookError
from govkg.forms import archives, load_form
from govkg.forms.annotating import annotated
from govkg.forms.csv_writing import write_csv
from govkg.forms.unbuilding import Triple
from govkg.forms.xlsx_reading import read_xlsx
from govkg.forms.xlsx_writing import write_xlsx
from govkg.rdf import format_named, read
from govkg.validation import Report

FORM = load_form()
SHEET = "xl/worksheets/sheet1.xml"


def good() -> bytes:
    """A workbook with one case."""
    book = openpyxl.Workbook()
    book.active.title = "case"
    book.active.append(["key", "title@en"])
    book.active.append(["a", "A"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def changed(
    name: str, change: Callable[[bytes], bytes], added: dict[str, bytes] | None = None
) -> bytes:
    """The workbook with one file changed, and others added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good())) as old, zipfile.ZipFile(out, "w", 8) as new:
        for entry in old.infolist():
            data = old.read(entry)
            new.writestr(entry.filename, change(data) if entry.filename == name else data)
        for path, data in (added or {}).items():
            new.writestr(path, data)
    return out.getvalue()


def same(data: bytes) -> bytes:
    """No change."""
    return data


TEXT = b't="inlineStr"><is><t>key</t></is>'
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "data",
    [
        changed(SHEET, lambda xml: LAUGHS + xml),
        changed(SHEET, lambda xml: b"<!--" + b"x" * 2_000_000 + b"-->" + LAUGHS + xml),
        changed(SHEET, lambda xml: xml.decode().encode("utf-16")),
        changed("", same, {"../../etc/passwd": b"x"}),
        changed("", same, {"C:\\windows\\x": b"x"}),
        changed("", same, {"xl/media/bomb.bin": b"\0" * 20_000_000}),
    ],
    ids=["laughs", "laughs-behind-a-comment", "utf-16", "path", "drive", "ratio"],
)
def test_a_hostile_archive_is_refused_before_it_is_opened(data: bytes) -> None:
    """Entities, hidden encodings, paths out of the archive, and bombs."""
    with pytest.raises(UnsafeInputError):
        read_xlsx(FORM, data)


def test_too_many_files_or_bytes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both limits count what an archive declares, before anything is unpacked."""
    monkeypatch.setattr(archives, "MAX_ENTRIES", 3)
    with pytest.raises(TooLargeError):
        read_xlsx(FORM, good())
    monkeypatch.setattr(archives, "MAX_ENTRIES", 1000)
    monkeypatch.setattr(archives, "MAX_UNPACKED", 100)
    with pytest.raises(TooLargeError):
        read_xlsx(FORM, good())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04",
        b"no archive at all",
        good()[:-200],
        changed(SHEET, lambda _: b"<worksheet>"),
        changed("xl/workbook.xml", lambda _: b"<x/>"),
        changed("[Content_Types].xml", lambda _: b"<Types/>"),
        changed(SHEET, lambda xml: xml.replace(b'r="A1"', b'r="%%%"')),
        changed(SHEET, lambda xml: xml.replace(TEXT, b't="s"><v>99</v>', 1)),
    ],
)
def test_a_broken_workbook_is_one_error(data: bytes) -> None:
    """Whatever openpyxl stumbles on is told as a workbook that cannot be read."""
    with pytest.raises(WorkbookError):
        read_xlsx(FORM, data)


def test_a_far_away_cell_costs_little() -> None:
    """One cell in the last row and column is no reason to make a billion empty ones."""
    far = (
        b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    )
    data = changed(SHEET, lambda xml: xml.replace(b"</sheetData>", far))

    tracemalloc.start()
    filled = read_xlsx(FORM, data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(filled.triples) == 2
    assert peak < 30_000_000


def test_a_formula_is_told_and_not_used() -> None:
    """Neither the formula nor its cached value becomes data."""
    book = openpyxl.load_workbook(io.BytesIO(good()))
    book.active["B2"] = '=HYPERLINK("https://evil.example","x")'
    out = io.BytesIO()
    book.save(out)

    filled = read_xlsx(FORM, out.getvalue())

    assert [p.rule for p in filled.problems] == ["F07"]
    assert not any("HYPERLINK" in str(triple) for triple in filled.triples)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'=1", "''=1"])
def test_text_like_a_formula_is_written_as_text(text: str) -> None:
    """No spreadsheet calculates what a submitter wrote, and it comes back as it was."""
    escaped = text.replace("\t", "\\t")
    turtle = f'<https://w3id.org/govkg/case/a> a <{FORM.root.target}> ; \
        <http://purl.org/dc/terms/title> "{escaped}"@en .'
    triples = [
        Triple(q.subject, q.predicate, q.object)
        for q in read(turtle.encode(), format_named("turtle"))
    ]

    data = write_xlsx(FORM, triples)
    cells = [c for row in openpyxl.load_workbook(io.BytesIO(data))["case"].iter_rows() for c in row]
    parts = write_csv(FORM, triples).decode().replace("\r\n", ",").split(",")

    assert all(cell.data_type in {"s", "n"} for cell in cells)
    assert set(read_xlsx(FORM, data).triples) == set(triples)
    assert not any(part.startswith(tuple("=+-@\t\r")) for part in parts)


def test_the_annotated_workbook_calculates_nothing() -> None:
    """A workbook that comes back with its problems has text where formulas were."""
    book = openpyxl.load_workbook(io.BytesIO(good()))
    book.active["B2"] = "=1+1"
    out = io.BytesIO()
    book.save(out)

    back = openpyxl.load_workbook(io.BytesIO(annotated(Report((), 1), out.getvalue())))

    assert back["case"]["B2"].value == "=1+1"
    assert back["case"]["B2"].data_type == "s" or back["case"]["B2"].quotePrefix


def test_random_damage_never_escapes() -> None:
    """Every way of cutting a workbook short ends in an error of ours."""
    data = good()
    for end in range(0, len(data), 97):
        with pytest.raises(GovkgError):
            read_xlsx(FORM, data[:end])
