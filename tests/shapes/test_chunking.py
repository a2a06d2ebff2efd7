"""A large submission that is checked a few cases at a time is found to be the same."""

from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from govkg import bundle
from govkg.ontology import TYPE, load_ontology, read_files
from govkg.rdf import Node
from govkg.validation import EngineName, Finding, Validator
from govkg.validation.dividing import Divided
from govkg.vocabulary import GOV

CASES = Path(__file__).parents[2] / "examples" / "cases"
SMALL = CASES / "valid-fixtures" / "all-rules.ttl"
BROKEN = sorted((CASES / "invalid").glob("*.ttl"))
WHOLE = 10**9
PLACE, ACTOR, CASE = (NamedNode(GOV + n) for n in ("Jurisdiction", "Actor", "GovernanceCase"))


@cache
def validator(size: int, engine: EngineName = "fast") -> Validator:
    """The validator of the service, with chunks of a size."""
    shapes, ontology = read_files(bundle.shapes()), load_ontology().triples
    return Validator(shapes, ontology, engine=engine, chunk_size=size)


@cache
def triples(path: Path) -> tuple[Triple, ...]:
    """The triples of a file."""
    return tuple(read_files([path]))


def copy(
    data: tuple[Triple, ...], number: int, keep: frozenset[Node] = frozenset()
) -> list[Triple]:
    """A case whose nodes have names of their own, but for those that are kept."""
    own = {t.subject for t in data if isinstance(t.subject, NamedNode)} - keep

    def renamed(node: Node) -> Node:
        return NamedNode(f"{node.value}-{number}") if node in own else node  # type: ignore[union-attr]

    return [Triple(renamed(t.subject), t.predicate, renamed(t.object)) for t in data]  # type: ignore[arg-type]


def shared(data: tuple[Triple, ...]) -> frozenset[Node]:
    """The places and actors of a case."""
    plain = [t.subject for t in data if "/place/" in str(t.subject) or "/agent/" in str(t.subject)]
    return frozenset(plain)


def told(finding: Finding) -> tuple[str, ...]:
    """All that a finding says, in one comparable value."""
    path = finding.path.text if finding.path else ""
    about = (finding.rule, finding.shape, finding.component, finding.severity_iri, finding.focus)
    words = (*finding.message.values(), *finding.name.values(), finding.focus_label)
    meant = tuple(str(each.value) for each in finding.suggestions)
    return (*map(str, about), path, str(finding.value), *words, *meant)


def compare(data: list[Triple], size: int, engine: EngineName = "fast") -> Counter[tuple[str, ...]]:
    """Check that the chunked report says what the whole one says; return that."""
    parts, whole = (validator(each, engine).validate(data) for each in (size, WHOLE))
    found = Counter(map(told, whole.findings))
    assert Counter(map(told, parts.findings)) == found
    assert parts.completeness == whole.completeness
    assert parts.cases == whole.cases
    return found


@pytest.mark.parametrize("start", range(0, len(BROKEN), 25))
def test_broken_cases_are_found_in_chunks(start: int) -> None:
    """Each rule finds the same, with places and actors that all the cases share."""
    some = BROKEN[start : start + 25]
    data = [t for at, p in enumerate(some) for t in copy(triples(p), at, shared(triples(p)))]

    found = compare(data, 500)

    assert len({rule for rule, *_ in found}) > 5


def test_duplicates_in_different_chunks_are_found() -> None:
    """The rule that compares cases is asked of all of them together."""
    data = [t for at in range(4) for t in copy(triples(SMALL), at, shared(triples(SMALL)))]

    found = validator(200).validate(data).findings

    twice = [each for each in found if each.rule == "C35"]
    assert len({each.focus for each in twice}) == 4
    assert Counter(map(told, twice)) == Counter(
        told(each) for each in validator(WHOLE).validate(data).findings if each.rule == "C35"
    )


SLOW = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
}


@st.composite
def mixtures(draw: st.DrawFn) -> list[Triple]:
    """Draw some cases that share places and actors, with statements that link or break them."""
    chosen = draw(st.lists(st.sampled_from(BROKEN), min_size=2, max_size=5))
    data = []
    for at, path in enumerate(chosen):
        keep = shared(triples(path)) if draw(st.booleans()) else frozenset()
        data += copy(triples(path), at, keep)
    subjects = sorted({t.subject for t in data}, key=str)
    predicates = sorted({t.predicate for t in data}, key=str)
    nodes: list[Node] = [*subjects, BlankNode("x"), PLACE, ACTOR, CASE, Literal("x")]
    for _ in range(draw(st.integers(0, 6))):
        if draw(st.booleans()):
            del data[draw(st.integers(0, len(data) - 1))]
        subject = draw(st.sampled_from([*subjects, BlankNode("x")]))
        predicate = draw(st.sampled_from([*predicates, TYPE]))
        data.append(Triple(subject, predicate, draw(st.sampled_from(nodes))))
    return data


@settings(max_examples=10, derandomize=True, **SLOW)  # type: ignore[arg-type]
@given(mixtures(), st.sampled_from([1, 150, 400]))
def test_chunks_find_what_the_whole_finds(data: list[Triple], size: int) -> None:
    """However cases are linked, shared or broken, the report is the same."""
    compare(data, size)


@pytest.mark.soak
@settings(max_examples=150, **SLOW)  # type: ignore[arg-type]
@given(mixtures(), st.sampled_from([1, 150, 400]))
def test_chunks_find_what_the_whole_finds_often(data: list[Triple], size: int) -> None:
    """The same, on new cases in each run."""
    compare(data, size)


@pytest.mark.soak
def test_chunks_find_the_same_with_the_reference_engine() -> None:
    """Dividing is no matter of one engine."""
    some = [path for path in BROKEN if path.stem in {"case-recorded-twice", "cause-unknown"}]
    data = [t for at, p in enumerate(some) for t in copy(triples(p), at, shared(triples(p)))]

    assert compare(data, 150, "reference")


@given(
    st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15)), max_size=40),
    st.sets(st.integers(0, 15)),
    st.integers(1, 12),
)
def test_nothing_is_cut(links: list[tuple[int, int]], places: set[int], size: int) -> None:
    """A chunk has all of each node in it, of what it mentions, and of what mentions its own."""
    node = [NamedNode(f"urn:n{number}") for number in range(16)]
    data = [Triple(node[n], TYPE, PLACE if n in places else CASE) for n in range(16)]
    data += [Triple(node[a], NamedNode("urn:p"), node[b]) for a, b in links]

    divided = Divided(data, {PLACE}, size)

    assert {t for chunk in divided.chunks for t in chunk} == set(data)
    for number, chunk in enumerate(divided.chunks):
        inside = {t.subject for t in chunk}
        mine = {t.subject for t in data if divided.home(t.subject) == number}
        assert mine <= inside
        for triple in data:
            if triple.subject in inside:
                assert triple in chunk
                assert triple.object in inside or triple.predicate == TYPE
            if triple.object in mine and triple.object not in {node[n] for n in places}:
                assert triple.subject in inside


def test_progress_is_told() -> None:
    """Whoever waits for a large document hears how far the checking is."""
    data = [triple for at in range(5) for triple in copy(triples(SMALL), at)]
    heard: list[tuple[int, int]] = []

    validator(300).validate(data, progress=lambda done, total: heard.append((done, total)))

    assert len(heard) > 2
    assert heard[-1] == (len(data), len(data))
    assert all(before <= after for before, after in pairwise(done for done, _ in heard))
