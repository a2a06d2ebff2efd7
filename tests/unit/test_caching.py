"""The cache of query results: right first, small always."""

from hypothesis import given
from hypothesis import strategies as st

from govkg.api.caching import OVERHEAD, Answered, ResultCache

ONE, TWO = object(), object()


def answered(size: int) -> Answered:
    """Return an answer of so many bytes."""
    return Answered({"kind": "solutions"}, b"x" * size)


def test_an_answer_is_kept_within_its_generation() -> None:
    """The same question gets the same answer, until the data change."""
    cache = ResultCache(10_000)
    assert cache.get(ONE, "q") is None
    cache.put(ONE, "q", answered(10))

    assert cache.get(ONE, "q") == answered(10)
    assert cache.get(TWO, "q") is None
    assert cache.size == 0


def test_an_answer_of_a_past_generation_is_not_kept() -> None:
    """A slow query that ends after a write does not bring the past back."""
    cache = ResultCache(10_000)
    cache.get(ONE, "q")
    cache.get(TWO, "other")

    cache.put(ONE, "q", answered(10))

    assert cache.get(TWO, "q") is None


def test_the_least_recently_used_goes_first() -> None:
    """When the budget is used up, what nobody asked for lately is given up."""
    cache = ResultCache(3 * (OVERHEAD + 101))
    cache.get(ONE, "")
    for name in "abc":
        cache.put(ONE, name, answered(100))
    cache.get(ONE, "a")

    cache.put(ONE, "d", answered(100))

    assert [bool(cache.get(ONE, name)) for name in "abcd"] == [True, False, True, True]


def test_one_answer_never_fills_the_cache() -> None:
    """An answer of more than half the budget is not worth it, and a budget of 0 keeps nothing."""
    cache, none = ResultCache(2000), ResultCache(0)
    cache.get(ONE, "")
    none.get(ONE, "")

    cache.put(ONE, "big", answered(1500))
    none.put(ONE, "small", answered(0))

    assert cache.get(ONE, "big") is None
    assert none.get(ONE, "small") is None


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 2000)), max_size=60))
def test_the_budget_is_kept(puts: list[tuple[str, int]]) -> None:
    """Whatever is put, in whatever order, the size is what is held, and within the budget."""
    cache = ResultCache(6000)
    cache.get(ONE, "")

    for name, size in puts:
        cache.put(ONE, name, answered(size))

    held = [found for name in "abcdef" if (found := cache.get(ONE, name))]
    assert cache.size == sum(1 + len(found.body) + OVERHEAD for found in held) <= 6000
