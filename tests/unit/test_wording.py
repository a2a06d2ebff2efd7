"""Words as searches and the finder of concepts compare them."""

import pytest

from govkg.wording import plain, stem, tokens


@pytest.mark.parametrize(
    "forms",
    [
        ("cut", "cuts", "cutting"),
        ("plan", "plans", "planned", "planning"),
        ("simplify", "simplifies", "simplified", "simplifying"),
        ("reduce", "reduced", "reducing", "reduction", "reductions"),
        ("cooperate", "cooperates", "cooperating", "cooperation"),
        ("crisis", "crises"),
        ("policy", "policies"),
        ("business", "businesses"),
        ("process", "processes"),
        ("organise", "organized", "organisation", "organizations"),
    ],
    ids=lambda forms: forms[0],
)
def test_forms_of_a_word_have_one_stem(forms: tuple[str, ...]) -> None:
    """Numbers, tenses, nouns of verbs, American and British spelling make no difference."""
    assert len({stem(form) for form in forms}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("public", "publicity"), ("press", "pressing"), ("citizen", "citizenship"), ("law", "lawn")],
)
def test_different_words_have_different_stems(one: str, other: str) -> None:
    """What only begins alike stays apart, but for forms of a verb."""
    assert (stem(one) == stem(other)) is (one == "press")


def test_plain_texts() -> None:
    """Case, accents, hyphens and width make no difference."""
    assert plain("Ｃafé–Ｔ Multi-Level_X/Y") == "cafe–t multi level x y"


def test_tokens_are_stems_and_pairs() -> None:
    """English words that count come by stem, Chinese ones as pairs of characters."""
    assert list(tokens("the crises of 权威危机")) == ["cris", "权威", "威危", "危机"]
