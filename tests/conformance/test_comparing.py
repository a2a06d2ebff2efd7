"""The comparison of results, on which all other tests here rely."""

from pyoxigraph import BlankNode, Literal, NamedNode

from .comparing import Graph, Row, Solutions, read, same

A, B, C, D = (BlankNode(name) for name in "abcd")
ONE, TWO = NamedNode("urn:x:1"), NamedNode("urn:x:2")


def table(*rows: Row) -> Solutions:
    """Return a table of two columns."""
    return Solutions(("x", "y"), rows)


def test_blank_nodes_are_matched_one_to_one() -> None:
    """One node stands for one other in all rows."""
    assert same(table((A, ONE), (B, A)), table((C, D), (D, ONE)))
    assert not same(table((A, B)), table((C, C)))
    assert not same(table((A, A)), table((C, D)))


def test_rows_are_counted() -> None:
    """A row that is there twice differs from one that is there once."""
    assert not same(table((ONE, TWO), (ONE, TWO)), table((ONE, TWO)))
    assert not same(table((A, ONE), (B, ONE)), table((C, ONE)))


def test_order_counts_only_where_it_is_asked_for() -> None:
    """Rows in another order are the same, unless the query orders them."""
    some, others = table((ONE, A), (TWO, B)), table((TWO, C), (ONE, D))

    assert same(some, others)
    assert not same(some, others, ordered=True)
    assert same(some, some, ordered=True)


def test_numbers_are_compared_by_value_and_datatype() -> None:
    """A store may write 1.0 as 1, but not a decimal as an integer."""
    header = "?x\n"
    media = "text/tab-separated-values"
    decimal = read(f"{header}1.0\n".encode(), media)

    same_value = read(f'{header}"1"^^<http://www.w3.org/2001/XMLSchema#decimal>\n'.encode(), media)
    assert same(decimal, same_value)
    assert not same(decimal, read(f"{header}1\n".encode(), media))
    assert not same(decimal, read(f'{header}"1.0"\n'.encode(), media))


def test_kinds_of_results_differ() -> None:
    """A table is no graph, and no truth value."""
    assert not same(table(), Graph(()))
    assert not same(table(), False)
    assert same(True, True)


def test_csv_has_no_datatypes() -> None:
    """All that is no blank node is text."""
    got = read(b"y,x\r\n_:q,1\r\n", "text/csv")

    assert same(got, table((Literal("1"), A)))
