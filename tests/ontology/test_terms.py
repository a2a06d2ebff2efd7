"""Nothing of the paper is lost: each of its terms, relations and quotes stands in the ontology."""

import csv
import hashlib
import re
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

HERE = Path(__file__).parent
# The paper is not ours to publish; it lies beside the repository on the editors' machines.
PAPER = Path(__file__).parents[3] / "shared" / "seed" / "paper.md"
PREFIXES = """
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX gc: <https://w3id.org/govkg/concept/>
PREFIX gov: <https://w3id.org/govkg/ontology#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""


def table(name: str) -> list[dict[str, str]]:
    """Return the rows of a table in data/."""
    with (HERE / "data" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def collapse(text: str) -> str:
    """Return a text with each run of white space made one space."""
    return re.sub(r"\s+", " ", text).strip()


def fingerprint(quote: str) -> str:
    """Return the SHA-256 of a quote, whatever its line breaks."""
    return hashlib.sha256(collapse(quote).encode()).hexdigest()


def select(store: Store, query: str) -> list[list[str]]:
    """Return the rows of a query as text, with an empty text for no value."""
    solutions = store.query(PREFIXES + query)
    assert isinstance(solutions, QuerySolutions)
    return [
        [v.value if isinstance(v, NamedNode | Literal) else "" for v in row] for row in solutions
    ]


@pytest.fixture(scope="module")
def concepts(store: Store) -> dict[str, tuple[str, str, str]]:
    """Return IRI, section and quote of each concept, by its identifier in the table of terms."""
    rows = select(
        store,
        """SELECT ?id ?concept ?section ?quote WHERE {
             ?concept dcterms:identifier ?id ; gov:section ?section ; gov:quote ?quote
             FILTER(STRSTARTS(STR(?concept), STR(gc:))) }""",
    )
    return {identifier: (iri, section, quote) for identifier, iri, section, quote in rows}


@pytest.fixture(scope="module")
def quotes(store: Store) -> list[str]:
    """Return every quote in the ontology."""
    return [row[0] for row in select(store, "SELECT DISTINCT ?q WHERE { ?any gov:quote ?q }")]


def test_table_has_all_terms() -> None:
    """The table that these tests rely on lists 252 terms and 146 relations."""
    assert (len(table("terms.tsv")), len(table("edges.tsv"))) == (252, 146)


def test_no_identifier_is_unknown(concepts: dict[str, tuple[str, str, str]]) -> None:
    """The ontology has no identifier that the table lacks."""
    assert set(concepts) == {row["id"] for row in table("terms.tsv")}


@pytest.mark.parametrize("row", table("terms.tsv"), ids=lambda row: row["id"])
def test_term_is_a_concept(row: dict[str, str], concepts: dict[str, tuple[str, str, str]]) -> None:
    """The term is a concept, in its section and with its quote."""
    _, section, quote = concepts[row["id"]]

    assert (section, fingerprint(quote)) == (row["section"], row["quote_sha256"])


@pytest.mark.parametrize(
    "row", table("edges.tsv"), ids=lambda row: "{subject}-{predicate}-{object}".format(**row)
)
def test_relation_is_claimed(
    row: dict[str, str], concepts: dict[str, tuple[str, str, str]], store: Store
) -> None:
    """The relation stands with its property, status and section, and a quote when stated."""
    ends = f"<{concepts[row['subject']][0]}> {row['property']} <{concepts[row['object']][0]}>"
    subject, predicate, target = ends.split(" ")

    claims = select(
        store,
        f"""SELECT ?status ?section ?quote WHERE {{
              {ends} .
              ?axiom owl:annotatedSource {subject} ; owl:annotatedProperty {predicate} ;
                owl:annotatedTarget {target} ; gov:assertionStatus ?status ; gov:section ?section
              OPTIONAL {{ ?axiom gov:quote ?quote }} }}""",
    )

    found = {(status.rpartition("/")[2], section) for status, section, _ in claims}
    assert found == {(row["status"], row["section"])}
    assert row["status"] != "stated" or all(quote for _, _, quote in claims)


def test_every_quote_was_verified(quotes: list[str]) -> None:
    """Each quote has its fingerprint in data/quotes.sha256, where only the paper's words are."""
    verified = set((HERE / "data" / "quotes.sha256").read_text(encoding="utf-8").split())

    assert [quote for quote in quotes if fingerprint(quote) not in verified] == []


@pytest.mark.skipif(not PAPER.is_file(), reason=f"the paper is not at {PAPER}")
def test_every_quote_is_in_the_paper(quotes: list[str]) -> None:
    """Each quote stands in the paper, word for word."""
    paper = collapse(PAPER.read_text(encoding="utf-8"))

    assert [quote for quote in quotes if collapse(quote) not in paper] == []
