"""What was found in a text, in each of its forms but HTML."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from typing import Final

from govkg.annotating.annotator import Annotated, Annotation
from govkg.annotating.web import MEDIA_TYPE, annotation_page, annotation_triples
from govkg.errors import Language
from govkg.rdf import format_named, write

FORMATS: Final[Mapping[str, str]] = {
    "json-ld": MEDIA_TYPE,
    "json": "application/json",
    "turtle": "text/turtle",
    "csv": "text/csv",
    "text": "text/plain",
}
"""The forms, by the name of ``?format=``; JSON-LD is the default."""
COLUMNS: Final = (
    *("start", "end", "exact", "concept", "label_en", "label_zh", "kind", "score"),
    *("name", "name_kind", "fit"),
)
_WORDS: Final[dict[str, dict[Language, str]]] = {
    "found": {
        "en": "{count} places name {concepts} concepts.",
        "zh": "{count} 处提到 {concepts} 个概念。",
    },
    "none": {"en": "No concept is named.", "zh": "没有提到任何概念。"},
}


def written(found: Annotated, form: str, language: Language = "en") -> bytes:
    """Return what was found in one of FORMATS; the language is that of labels in ``text``."""
    return _WRITERS[form](found, language).encode()


def _json_ld(found: Annotated, _: Language) -> str:
    return json.dumps(annotation_page(found), ensure_ascii=False)


def _json(found: Annotated, _: Language) -> str:
    return json.dumps(found.as_json(), ensure_ascii=False)


def _turtle(found: Annotated, _: Language) -> str:
    return write(annotation_triples(found), format_named("turtle")).decode()


def _csv(found: Annotated, _: Language) -> str:
    """Return a line for each place (RFC 4180); no cell can begin as a formula does."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(_row(each) for each in found.annotations)
    return text.getvalue()


def _row(each: Annotation) -> tuple[object, ...]:
    labels, kind = each.concept.labels, each.concept.kind.rpartition("#")[2]
    return (
        *(each.start, each.end, each.exact, each.concept.iri),
        *(labels.get("en", ""), labels.get("zh", ""), kind, f"{each.score:.2f}"),
        *(each.name, each.name_kind, each.fit),
    )


def _text(found: Annotated, language: Language) -> str:
    """Return a line for each place, for people."""
    if not found.annotations:
        return _WORDS["none"][language] + "\n"
    concepts = len({each.concept.iri for each in found.annotations})
    head = _WORDS["found"][language].format(count=len(found.annotations), concepts=concepts)
    return "\n".join([head, *(_line(each, language) for each in found.annotations)]) + "\n"


def _line(each: Annotation, language: Language) -> str:
    label, kind = (
        _in(texts, language) for texts in (each.concept.labels, each.concept.kind_labels)
    )
    exact = " ".join(each.exact.split())
    place = f"{each.start}-{each.end}"
    return f"{place:>11}  {each.score:.2f}  “{exact}”  gc:{each.concept.slug}  {label} ({kind})"


def _in(texts: Mapping[str, str], language: Language) -> str:
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")


_WRITERS: Final[Mapping[str, Callable[[Annotated, Language], str]]] = {
    "json-ld": _json_ld,
    "json": _json,
    "turtle": _turtle,
    "csv": _csv,
    "text": _text,
}
