"""Draft cases out of public services and changes of organisations."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple
from typer.testing import CliRunner

from govkg import cli
from govkg.cases.kg import KG
from govkg.errors import UnsafeInputError
from govkg.harvesting.services import Drafts, draft
from govkg.harvesting.statements import Statements
from govkg.ontology import load_ontology
from govkg.publishing.exchange import cpov
from govkg.rdf import format_of_file, read
from govkg.store.embedded import EmbeddedStore
from govkg.vocabulary import CPSV, DCTERMS, GC, GOV, M8G, ORG, PREFIXES, PROV, RDF, RDFS, SKOS

ROOT = Path(__file__).parents[2]
ONTOLOGY = load_ontology()
EXAMPLE = ROOT / "examples" / "services" / "services.ttl"
OFFICIAL = ROOT.parent / "shared" / "data" / "eu-semic" / "cpsv-ap-3.2.0"
CASE = PREFIXES["case"] + "example-org-services-"
PREAMBLE = f"""@prefix cpsv: <{CPSV}> . @prefix cv: <{M8G}> . @prefix dct: <{DCTERMS}> .
@prefix org: <{ORG}> . @prefix skos: <{SKOS}> . @prefix prov: <{PROV}> . @prefix ex: <urn:x:> .
"""


def drafted(text: str) -> Drafts:
    """Return what comes of a document in Turtle."""
    return draft(read((PREAMBLE + text).encode(), format_of_file("x.ttl")))


def said(drafts: Drafts, subject: str, name: str) -> set[str]:
    """Return the values of a property, as texts and as ends of IRIs."""
    return {
        t.object.value.rpartition("/")[2] if isinstance(t.object, NamedNode) else t.object.value
        for t in drafts.triples
        if t.subject == NamedNode(subject) and t.predicate.value == name
    }  # fmt: skip


@pytest.fixture(scope="module")
def example() -> Drafts:
    """Return what comes of the example."""
    return draft(read(EXAMPLE.read_bytes(), format_of_file(EXAMPLE.name)))


def test_a_service_becomes_a_draft_that_its_authority_leads(example: Drafts) -> None:
    """Name, description, authority, place, date, law and origin are carried over, and no more."""
    case = CASE + "one-stop"

    assert said(example, case, DCTERMS + "title") == {"One-stop building permits"}
    assert said(example, case, GOV + "hasRecordStatus") == {"draft"}
    assert said(example, case, GOV + "startDate") == {"2015-03-01"}
    assert said(example, case, GOV + "hasLeadJurisdiction") == {"example-org-services-oldtown"}
    assert said(example, case, PROV + "wasDerivedFrom") == {"one-stop"}
    assert said(example, f"{case}#lead-1", GOV + "inRole") == {"lead"}
    assert said(example, f"{case}#legal-text-1", DCTERMS + "source") == {"permits-2015"}
    assert said(example, case, GOV + "adopts") == set()
    assert said(example, case, GOV + "hasCaseStatus") == set()


def test_a_change_becomes_a_draft_with_a_measure(example: Drafts) -> None:
    """The organisations before and after take part; who leads is not said, so it is not claimed."""
    case = CASE + "merger"
    roles = [t for t in example.triples if t.subject.value.startswith(f"{case}#")]

    assert len(said(example, case, GOV + "hasParticipation")) == 3
    assert {t.object.value for t in roles if t.predicate.value == GOV + "inRole"} == {
        GC + "participant"
    }
    assert said(example, f"{case}#change", GOV + "startDate") == {"2014-09-01T00:00:00Z"}


def test_what_is_not_carried_over_is_listed(example: Drafts) -> None:
    """Channels, and a status that means nothing for a case, are told by class and property."""
    assert {(each.kind.strip("<>"), each.property.strip("<>")) for each in example.left_out} == {
        (M8G + "Channel", "dcterms:identifier"),
        (M8G + "Channel", "rdf:type"),
        (CPSV + "PublicService", M8G + "hasChannel"),
        (CPSV + "PublicService", "http://www.w3.org/ns/adms#status"),
    }


@pytest.mark.parametrize(
    ("status", "expected"),
    [("UnderDevelopment", {"planned"}), ("Withdrawn", {"discontinued"}), ("Completed", set())],
)
def test_a_status_is_carried_over_if_it_means_the_same(status: str, expected: set[str]) -> None:
    """A status without a counterpart is left out, and told."""
    drafts = drafted(f"""ex:s a cpsv:PublicService ; dct:title "S"@en ;
        <http://www.w3.org/ns/adms#status> <http://purl.org/adms/status/{status}> .""")

    (case,) = drafts.cases
    assert {
        each.rpartition("/")[2] for each in said(drafts, case.value, GOV + "hasCaseStatus")
    } == (expected)
    assert bool(drafts.left_out) is not bool(expected)


def test_of_several_places_none_leads() -> None:
    """Which of two places leads is not guessed, and both are told."""
    drafts = drafted("ex:s a cpsv:PublicService ; dct:spatial ex:a , ex:b .")

    assert said(drafts, drafts.cases[0].value, GOV + "hasLeadJurisdiction") == set()
    assert [(each.property, each.count) for each in drafts.left_out] == [("dcterms:spatial", 2)]


def test_a_public_organisation_is_not_taken_for_a_government() -> None:
    """Part of the public sector is not yet a government; a class of ours says that it is."""
    drafts = drafted(f"""ex:ministry a cv:PublicOrganisation ; skos:prefLabel "M"@en .
        ex:city a cv:PublicOrganisation ; org:classification <{GOV}MunicipalGovernment> .""")
    kinds = {
        t.subject.value: t.object.value for t in drafts.triples if t.predicate.value == RDF + "type"
    }

    assert set(kinds.values()) == {GOV + "Organization", GOV + "MunicipalGovernment"}
    assert drafts.cases == ()


def test_namesakes_stay_apart() -> None:
    """Things without IRIs, or with IRIs that look alike, become different ones, always the same."""
    text = """[] a cpsv:PublicService ; dct:title "One"@en . [] a cpsv:PublicService .
        [] a cpsv:PublicService ; dct:title "One"@en ; dct:description "D"@en .
        <http://x.org/a-b> a cpsv:PublicService . <http://x.org/a/b> a cpsv:PublicService ."""
    names = [each.value.removeprefix(PREFIXES["case"]) for each in drafted(text).cases]

    assert sorted(names) == ["one", "one-2", "unnamed", "x-org-a-b", "x-org-a-b-2"]
    assert [each.value for each in drafted(text).cases] == [PREFIXES["case"] + n for n in names]


def test_a_long_chain_of_organisations_is_no_danger() -> None:
    """Ten thousand organisations within one another, in a ring, are described each once."""
    size = 10_000
    ring = "".join(f"ex:o{n} org:subOrganizationOf ex:o{(n + 1) % size} .\n" for n in range(size))
    drafts = drafted(f"ex:o0 a org:Organization .\n{ring}")

    assert sum(t.predicate.value == ORG + "subOrganizationOf" for t in drafts.triples) == size


def test_an_xml_document_with_a_doctype_is_refused() -> None:
    """Documents are read with the same care as cases."""
    with pytest.raises(UnsafeInputError):
        read(b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "b">]><r/>', format_of_file("x.rdf"))


@pytest.mark.skipif(not OFFICIAL.is_dir(), reason=f"the examples of CPSV-AP are not in {OFFICIAL}")
def test_the_example_of_cpsv_ap_becomes_a_draft() -> None:
    """The service of the standard's example is led by its ministry, in Belgium."""
    name = "example-rdf_public_service.ttl"
    drafts = draft(read((OFFICIAL / name).read_bytes(), format_of_file(name)))

    (case,) = drafts.cases
    assert said(drafts, case.value, DCTERMS + "title") == {"Tax-on-web"}
    assert len(said(drafts, case.value, GOV + "hasLeadJurisdiction")) == 1
    assert {M8G + "Channel", M8G + "Requirement"} <= {e.kind.strip("<>") for e in drafts.left_out}


def test_what_is_exported_as_cpov_comes_in_as_it_went_out() -> None:
    """All governments of the bundled cases keep their IRIs, classes, names and places."""
    kg = KG.load(EmbeddedStore())
    classes = ONTOLOGY.subclasses(NamedNode(GOV + "Government"))
    drafts = draft(read(cpov(kg), format_of_file("x.ttl")))
    governments = {t.subject for t in drafts.triples if t.object in classes}

    def about(subject: NamedNode, name: str) -> set[object]:
        found = kg.quads.matching(subject, NamedNode(name))
        asserted = {q.object for q in found if q.graph_name != kg.graphs.inferred}
        return asserted - {NamedNode(GOV + "Assessor")}  # that is a role, no kind of organisation

    assert len(governments) > 20
    for name in (RDF + "type", RDFS + "label", GOV + "governs"):
        before = {(g, value) for g in governments for value in about(g, name)}
        after = {(t.subject, t.object) for t in drafts.triples if t.predicate.value == name}
        assert {pair for pair in after if pair[0] in governments} == before
    assert {each.property for each in drafts.left_out} == {"rdf:type", "skos:prefLabel"}


_THINGS = st.sampled_from([NamedNode(f"http://x.org/{n}") for n in "abcd"] + [BlankNode("n")])
_PROPERTIES = st.sampled_from(
    [RDF + "type", DCTERMS + "title", DCTERMS + "spatial", M8G + "hasCompetentAuthority",
     ORG + "originalOrganization", ORG + "subOrganizationOf", ORG + "classification", "urn:p"]
)  # fmt: skip
_KINDS = st.sampled_from(
    [NamedNode(each) for each in (CPSV + "PublicService", ORG + "ChangeEvent", "urn:k",
                                  M8G + "PublicOrganisation", GOV + "Government")]
)  # fmt: skip
_VALUES = st.one_of(_THINGS, _KINDS, st.builds(Literal, st.text(max_size=3)))
_QUADS = st.builds(lambda s, p, o: Quad(s, NamedNode(p), o), _THINGS, _PROPERTIES, _VALUES)


@settings(deadline=None)
@given(quads=st.lists(_QUADS, max_size=20, unique=True))
def test_every_statement_is_used_or_told(quads: list[Quad]) -> None:
    """Whatever a document says, no statement is lost silently, and only ours are made."""
    drafts = draft(quads, ONTOLOGY)
    source = Statements(quads)

    everything = sum(each.count for each in source.left_out())
    told = sum(each.count for each in drafts.left_out)
    assert everything == len({q.triple for q in quads})
    carried = {t.object for t in drafts.triples if isinstance(t.object, Literal)}
    titles = {q.triple for q in quads if q.predicate.value == DCTERMS + "title"}
    lost = [t for t in titles if isinstance(t.object, Literal) and t.object not in carried]
    assert told >= len(lost)
    assert told <= everything
    ours = tuple(PREFIXES[each] for each in ("case", "agent", "place"))
    assert all(t.subject.value.startswith(ours) for t in drafts.triples if isinstance(t, Triple))


def test_the_command_writes_drafts_and_says_what_they_lack(tmp_path: Path) -> None:
    """Exit code 1 says that cases are incomplete; in Chinese too; other sources are refused."""
    run = CliRunner().invoke
    out = str(tmp_path / "drafts.ttl")

    done = run(cli.app, ["convert", "--from", "cpsv-ap", str(EXAMPLE), "-o", out, "--lang", "zh"])
    refused = run(cli.app, ["convert", "--from", "dbf", str(EXAMPLE), "-o", out])

    assert (done.exit_code, refused.exit_code) == (1, 2)
    assert "2 draft case(s)" in done.stdout
    assert "left out: <http://data.europa.eu/m8g/hasChannel>" in done.stdout
    assert "C08" in done.stdout
    assert "举措" in done.stdout
    assert "gov:GovernanceCase" in Path(out).read_text("utf-8")
