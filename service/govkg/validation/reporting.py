"""A validation report as RDF, in the terms of SHACL."""

from collections.abc import Iterator, Sequence

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from govkg.validation.findings import Finding, Report
from govkg.vocabulary import GOV, RDF, SH, XSD


def _sh(name: str) -> NamedNode:
    return NamedNode(SH + name)


def report_triples(report: Report) -> list[Triple]:
    """Return the report as a sh:ValidationReport (SHACL section 3.6).

    Its results are those of the engine; what was traced to causes has them as sh:detail.
    """
    node = BlankNode("report")
    conforms = "true" if report.conforms else "false"
    triples = [
        Triple(node, NamedNode(RDF + "type"), _sh("ValidationReport")),
        Triple(node, _sh("conforms"), Literal(conforms, datatype=NamedNode(XSD + "boolean"))),
    ]
    for number, (result, causes) in enumerate(_by_result(report.findings), 1):
        name = BlankNode(f"result{number}")
        triples += [Triple(node, _sh("result"), name), *_result(name, result)]
        for at, cause in enumerate(causes, 1):
            detail = BlankNode(f"{name.value}-{at}")
            triples += [Triple(name, _sh("detail"), detail), *_result(detail, cause)]
    return triples


def _by_result(findings: Sequence[Finding]) -> list[tuple[Finding, list[Finding]]]:
    """Return what an engine reports, each with its causes, those of alternatives among them."""
    found: dict[int, tuple[Finding, list[Finding]]] = {}
    for finding in findings:
        result = finding.outermost
        _, causes = found.setdefault(id(result), (result, []))
        causes += [] if finding is result else [finding]
        causes += [each for way in finding.alternatives for each in way]
    return list(found.values())


def _result(result: BlankNode, finding: Finding) -> Iterator[Triple]:
    """Yield one sh:ValidationResult."""
    yield Triple(result, NamedNode(RDF + "type"), _sh("ValidationResult"))
    yield Triple(result, _sh("focusNode"), finding.focus)
    yield Triple(result, _sh("resultSeverity"), NamedNode(finding.severity_iri))
    yield Triple(result, _sh("sourceConstraintComponent"), NamedNode(finding.component))
    if finding.rule:
        yield Triple(result, NamedNode(GOV + "ruleId"), Literal(finding.rule))
    if finding.shape is not None:
        yield Triple(result, _sh("sourceShape"), finding.shape)
    if finding.path:
        yield Triple(result, _sh("resultPath"), finding.path.node)
        yield from finding.path.triples
    if finding.value is not None:
        yield Triple(result, _sh("value"), finding.value)
    for language, text in finding.message.items():
        yield Triple(result, _sh("resultMessage"), Literal(text, language=language))
