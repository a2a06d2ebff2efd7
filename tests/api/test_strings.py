"""The words of the pages are complete in both languages, and every one is used."""

import re
from pathlib import Path

from govkg.api.languages import LANGUAGES, strings

TEMPLATES = Path(__file__).parents[2] / "service" / "govkg" / "templates"


def test_every_text_is_there_in_both_languages() -> None:
    """No text lacks a language or is empty."""
    assert all(set(texts) == set(LANGUAGES) and all(texts.values()) for texts in strings().values())


def test_both_languages_take_the_same_facts() -> None:
    """A placeholder of one language is one of the other."""
    for texts in strings().values():
        english, chinese = (set(re.findall(r"\{(\w+)\}", texts[each])) for each in ("en", "zh"))
        assert english == chinese


def test_templates_use_texts_that_exist() -> None:
    """Every key that a template names in full is in the table."""
    for path in TEMPLATES.glob("*.html"):
        for key in re.findall(r"\bt\('([\w.\-]+)'[,)]", path.read_text("utf-8")):
            assert key in strings(), f"{path.name}: {key}"
