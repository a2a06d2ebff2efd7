"""Write CSV: the empty template, and cases as rows, each part in columns of its own."""

import csv
import io
import re
from collections.abc import Iterable, Iterator

from pyoxigraph import Triple

from govkg.forms.examples import example_triples
from govkg.forms.model import LANGUAGES, Form
from govkg.forms.tables import COMMENT, STATEMENTS, columns_of
from govkg.forms.unbuilding import Tables, WrittenRow, statement_of, tables_of

_DANGER = re.compile(r"'*[=+\-@\t\r]")


def column_keys(form: Form, languages: Iterable[str] = LANGUAGES) -> list[str]:
    """Return the names of all columns: the case's own, then ``measure.ofType`` and the like.

    The first says whose part a row is, so that the parts need no such column of their own.
    """
    found = [form.root.key]
    for entity in form.entities:
        prefix = "" if entity is form.root else f"{entity.key}."
        keys = [column.key for column in columns_of(form, entity, languages)]
        skipped = "key" if entity is form.root else form.root.key
        found += [prefix + key for key in keys if key != skipped]
    return found


def csv_template(form: Form) -> bytes:
    """Return the header of a table, and an example in a row that nobody reads."""
    tables = tables_of(form, example_triples(form))
    keys = column_keys(form)
    cells: dict[str, str] = {}
    for rows in tables.rows.values():
        cells |= _cells(form, rows[0])
    cells[form.root.key] = f"{COMMENT} {cells[form.root.key]}"
    return _text([keys, [cells.get(key, "") for key in keys]])


def write_csv(form: Form, triples: Iterable[Triple]) -> bytes:
    """Return triples as one table; what fits in no column stands in the last, in N-Triples."""
    tables = tables_of(form, triples)
    lines = list(_lines(form, tables))
    usual = column_keys(form, tables.languages)
    used = {key for line in lines for key, text in line.items() if text}
    keys = [key for key in usual if key in used] + sorted(used - set(usual))
    return _text([keys or usual, *([line.get(key, "") for key in keys] for line in lines)])


def _lines(form: Form, tables: Tables) -> Iterator[dict[str, str]]:
    """Yield rows, each with the next row of every entity of one case side by side."""
    cases = [row.cells["key"] for row in tables.rows[form.root.key]]
    waiting: dict[str, dict[str, list[WrittenRow]]] = {}
    for entity in form.entities:
        for row in tables.rows[entity.key]:
            owner = row.cells.get("key" if entity is form.root else form.root.key, "")
            if entity.namespace and entity is not form.root:
                owner = cases[0] if cases else ""
            waiting.setdefault(owner, {}).setdefault(entity.key, []).append(row)
    for owner, rows in waiting.items():
        for number in range(max(len(each) for each in rows.values())):
            line = {form.root.key: owner}
            for each in rows.values():
                line |= _cells(form, each[number]) if number < len(each) else {}
            line[form.root.key] = owner
            yield line
    for triple in tables.statements:
        yield {form.root.key: cases[0] if cases else "", STATEMENTS: statement_of(triple)}


def _cells(form: Form, row: WrittenRow) -> dict[str, str]:
    """Return a row's cells under the names that they have in a table of all."""
    if row.entity is form.root:
        return {form.root.key if key == "key" else key: text for key, text in row.cells.items()}
    return {
        f"{row.entity.key}.{key}": text for key, text in row.cells.items() if key != form.root.key
    }


def _text(rows: Iterable[Iterable[str]]) -> bytes:
    """Return rows as CSV (RFC 4180) in UTF-8, with nothing that a spreadsheet would calculate."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([f"'{cell}" if _DANGER.match(cell) else cell for cell in row] for row in rows)
    return out.getvalue().encode()
