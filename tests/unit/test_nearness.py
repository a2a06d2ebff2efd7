"""Texts that look alike: the index finds what a comparison with every text finds."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz

from govkg.registers import Resolver, Unit
from govkg.registers.nearness import Nearness
from govkg.registers.unit import Moment, Period

_LATIN = st.text("abcde ", min_size=1, max_size=9)
_CHINESE = st.text("东西南北城镇街道乡", min_size=1, max_size=6)


@settings(deadline=None)
@given(
    texts=st.lists(_LATIN | _CHINESE, max_size=30),
    text=_LATIN | _CHINESE,
    cutoff=st.sampled_from([66.0, 80.0, 95.0]),
)
def test_nothing_that_is_alike_is_missed(texts: list[str], text: str, cutoff: float) -> None:
    """Whatever the index leaves out is less alike than the cutoff."""
    found = dict(Nearness(texts).like(text, cutoff, limit=100))

    alike = {other: fuzz.ratio(text, other) for other in texts}
    assert found == {other: value for other, value in alike.items() if value >= cutoff}


def unit(key: str, name: str, end: str = "") -> Unit:
    """Return a place, which may have ended."""
    period = Period(None, Moment(end) if end else None)
    return Unit(key=key, code=key, names=((name, "en"),), country="GB", period=period)


PLACES = [
    unit("selby", "Selby District Council", "2023-04-01"),
    unit("blaby", "Blaby District Council"),
    unit("eden", "Eden District Council", "2023-04-01"),
    unit("wealden", "Wealden District Council"),
    unit("westminster", "Westminster City Council"),
    unit("winchester", "Winchester City Council"),
    unit("cornwall", "Cornwall Council"),
]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Selyb District Council", "selby"),
        ("Eden District Councli", "eden"),
        ("Westminster iCty Council", "westminster"),
        ("Cornwall Cuoncil (Unitary)", "cornwall"),
        ("Cornwall Council (Unitary)", "cornwall"),
    ],
)
def test_what_tells_places_apart_counts(text: str, key: str) -> None:
    """Words that many names share, even misspelt, do not make another place the likelier one."""
    found = Resolver(PLACES).resolve(text)

    assert found[0].unit.key == key
    assert not found[0].match
