"""The fields of a form in words, as Markdown for the documentation."""

from collections.abc import Iterator

from govkg.errors import Language
from govkg.forms.model import Entity, Field, Form, Level, Words

_LEVELS: dict[Level, Words] = {
    "required": {"en": "required", "zh": "必填"},
    "recommended": {"en": "recommended", "zh": "建议"},
    "optional": {"en": "optional", "zh": "选填"},
}
_HEAD: Words = {
    "en": "| column | name | wanted | holds | means | rules |\n|---|---|---|---|---|---|",
    "zh": "| 列 | 名称 | 要求 | 取值 | 含义 | 规则 |\n|---|---|---|---|---|---|",
}
_KINDS: dict[str, Words] = {
    "text": {"en": "words in a language", "zh": "带语言的文字"},
    "string": {"en": "words", "zh": "文字"},
    "date": {"en": "a date", "zh": "日期"},
    "number": {"en": "a number", "zh": "数"},
    "iri": {"en": "an address", "zh": "网址"},
    "concept": {"en": "one of {}", "zh": "{} 项之一"},
    "reference": {"en": "a key of {}", "zh": "{} 的键"},
    "part": {"en": "rows of {}", "zh": "{} 表的行"},
}


def fields_in_words(form: Form, language: Language) -> str:
    """Return a table of the fields of each kind of part, in Markdown."""
    return "\n".join(_lines(form, language))


def _lines(form: Form, language: Language) -> Iterator[str]:
    for entity in form.entities:
        yield f"### {entity.key}: {entity.labels[language]}\n"
        yield f"{entity.descriptions[language]}\n"
        yield _HEAD[language]
        for field in entity.fields:
            yield _row(field, language)
        yield ""


def _row(field: Field, language: Language) -> str:
    cells = (
        f"`{field.key}`",
        field.labels[language],
        _LEVELS[field.level][language],
        holds(field, language),
        field.descriptions[language],
        " ".join(field.rules),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def holds(field: Field, language: Language) -> str:
    """Return in words what a field holds."""
    names = "、" if language == "zh" else ", "
    what = str(len(field.options)) if field.options else names.join(f"`{t}`" for t in field.targets)
    return _KINDS[field.kind][language].format(what)


def wanted(field: Field, language: Language) -> str:
    """Return in words how much a field is wanted."""
    return _LEVELS[field.level][language]


def entity_anchor(entity: Entity) -> str:
    """Return the name by which a page points at an entity."""
    return f"form-{entity.key}"
