"""Make cases as a register of reforms would hold them: the same N-Triples for the same size.

python -m bench.sparql.generate 100k > cases.nt
"""

import random
import sys
from collections.abc import Iterator
from itertools import count, islice

GOV = "https://w3id.org/govkg/ontology#"
GC = "https://w3id.org/govkg/concept/"
BASE = "https://w3id.org/govkg/"
DCTERMS = "http://purl.org/dc/terms/"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
XSD = "http://www.w3.org/2001/XMLSchema#"

SYMPTOMS = (
    "too-many-approval-items", "low-public-satisfaction", "high-administrative-cost",
    "unresponsive-government", "slow-approval", "public-complaints", "investor-dissatisfaction",
    "declining-credibility", "damaged-government-image",
)  # fmt: skip
CAUSES = (
    "unconstrained-power", "no-motivation-for-self-governance", "local-government-dominance",
    "land-and-credit-control", "government-resource-allocation", "gdp-growth-pursuit",
)  # fmt: skip
OBSTACLES = (
    "vicious-competition", "uncoordinated-regional-development", "policy-barrier",
    "no-binding-rules", "institutional-barrier", "information-barrier",
)  # fmt: skip
REMEDIES = (
    "vertical-streamlining", "talent-exchange", "supervision-of-power", "supervision-departments",
    "streamlining-and-delegating-power", "social-self-governance", "social-monitoring",
    "small-management-bodies", "restored-congress-decision-power", "government-outsourcing",
    "market-mechanisms-in-public-services",
)  # fmt: skip
LEVELS = (
    "township-level", "provincial-level", "prefectural-level", "municipal-level", "county-level",
    "community-level",
)  # fmt: skip
STATUSES = ("planned", "ongoing", "institutionalised", "discontinued", "completed")
RATINGS = ("successful", "successful", "mixed", "unsuccessful", "unknown")
AXES = {
    "scope-axis": ("all-encompassing-government", "limited-government"),
    "probity-axis": ("rent-seeking-government", "clean-government"),
    "orientation-axis": ("material-oriented-government", "people-oriented-government"),
    "openness-axis": ("opaque-government", "transparent-government"),
    "authority-basis-axis": ("power-centred-government", "responsible-government"),
}
COUNTRIES = ("CN", "JP", "KR", "GB", "US", "BR", "ES", "IN", "BO", "DE", "FR", "ZA")
EVIDENCE = ("policy-document", "official-page", "news-report", "legal-text", "dataset")
WORDS = (
    "approval", "budget", "citizen", "city", "clerk", "complaint", "contract", "council",
    "counter", "court", "delegate", "deputy", "disclosure", "district", "election", "fee",
    "hearing", "hospital", "inspection", "inspector", "land", "ledger", "licence", "list",
    "market", "mayor", "meeting", "ministry", "neighbourhood", "notice", "office", "park",
    "permit", "petition", "pilot", "police", "port", "procedure", "province", "register",
    "report", "resident", "river", "road", "rule", "school", "service", "survey", "tax",
    "tender", "town", "township", "transparency", "transport", "village", "vote", "waste",
    "water", "zone",
)  # fmt: skip
BRANCHES = 6
"""How many jurisdictions each jurisdiction is divided into."""


def gov(name: str) -> str:
    return f"<{GOV}{name}>"


def concept(name: str) -> str:
    return f"<{GC}{name}>"


def text(value: str, language: str = "en") -> str:
    return f'"{value}"@{language}'


def typed(value: object, kind: str) -> str:
    return f'"{value}"^^<{XSD}{kind}>'


def case_iri(number: int) -> str:
    return f"{BASE}case/bench-{number:07d}"


def place_iri(number: int) -> str:
    return f"{BASE}place/bench-{number:06d}"


def lines(size: int) -> Iterator[str]:
    """Yield so many triples, all different; a larger size begins with the smaller ones."""
    return islice((line for number in count() for line in _numbered(number)), size)


def _numbered(number: int) -> Iterator[str]:
    chance = random.Random(f"govkg {number}")
    if number % 5 == 0:
        yield from _place(number // 5, chance)
    yield from _case(number, chance)


def _phrase(chance: random.Random, length: int) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(length))


def _node(iri: str, kind: str, facts: dict[str, object]) -> Iterator[str]:
    yield f"<{iri}> <{TYPE}> {gov(kind)} .\n"
    for predicate, values in facts.items():
        for value in values if isinstance(values, tuple) else (values,):
            yield f"<{iri}> <{predicate}> {value} .\n"


def _place(number: int, chance: random.Random) -> Iterator[str]:
    iri, government = place_iri(number), f"{BASE}agent/bench-{number:06d}"
    facts: dict[str, object] = {
        LABEL: (text(f"Place {number} {_phrase(chance, 1)}"), text(f"地方{number}", "zh")),
        GOV + "countryCode": f'"{chance.choice(COUNTRIES)}"',
        GOV + "hasGovernmentLevel": concept(chance.choice(LEVELS)),
    }
    if number:
        facts[GOV + "isSubJurisdictionOf"] = f"<{place_iri((number - 1) // BRANCHES)}>"
    yield from _node(iri, "Jurisdiction", facts)
    yield from _node(
        government,
        "MunicipalGovernment",
        {LABEL: text(f"Government of place {number}"), GOV + "governs": f"<{iri}>"},
    )


def _case(number: int, chance: random.Random) -> Iterator[str]:
    iri, place = case_iri(number), chance.randrange(number // 5 + 1)
    measures = [f"{iri}#measure-{n}" for n in range(1, chance.choice((2, 2, 3)))]
    outcomes = [f"{iri}#outcome-{n}" for n, _ in enumerate(measures, 1)]
    evidence = f"<{iri}#evidence-1>"
    yield from _node(
        iri,
        "GovernanceCase",
        {
            DCTERMS + "title": (
                text(f"Reform {number}: {_phrase(chance, 4)}"),
                text(f"改革{number}", "zh"),
            ),
            DCTERMS + "description": text(_phrase(chance, 25)),
            GOV + "hasLeadJurisdiction": f"<{place_iri(place)}>",
            GOV + "hasGovernmentLevel": concept(chance.choice(LEVELS)),
            GOV + "hasCaseStatus": concept(chance.choice(STATUSES)),
            GOV + "startDate": typed(chance.randrange(1980, 2026), "gYear"),
            DCTERMS + "license": "<https://creativecommons.org/licenses/by/4.0/>",
            DCTERMS + "issued": typed(f"2026-{chance.randrange(1, 13):02d}-01", "date"),
            GOV + "hasReport": f"<{iri}#report-1>",
            GOV + "adopts": tuple(f"<{each}>" for each in measures),
            GOV + "hasOutcome": tuple(f"<{each}>" for each in outcomes),
            GOV + "recordsProfile": f"<{iri}#profile>",
            GOV + "hasEvidence": evidence,
        },
    )
    yield from _node(
        f"{iri}#report-1",
        "SituationReport",
        {
            LABEL: text(f"Situation {_phrase(chance, 3)}"),
            GOV + "reportsSymptom": tuple(map(concept, chance.sample(SYMPTOMS, 2))),
            GOV + "reportsCause": concept(chance.choice(CAUSES)),
            GOV + "reportsObstacle": concept(chance.choice(OBSTACLES)),
            GOV + "basedOnEvidence": evidence,
        },
    )
    for measure, outcome in zip(measures, outcomes, strict=True):
        yield from _measure(measure, outcome, evidence, chance)
    yield from _profile(iri, place, chance)
    yield from _node(
        f"{iri}#evidence-1",
        "EvidenceItem",
        {
            LABEL: text(f"Source {_phrase(chance, 2)}"),
            GOV + "hasEvidenceType": concept(chance.choice(EVIDENCE)),
            GOV + "hasIndependence": concept(chance.choice(("self-reported", "independent"))),
            GOV + "publisherName": f'"Publisher {chance.randrange(200)}"',
        },
    )


def _measure(measure: str, outcome: str, evidence: str, chance: random.Random) -> Iterator[str]:
    yield from _node(
        measure,
        "InnovationMeasure",
        {
            LABEL: text(f"Measure {_phrase(chance, 3)}"),
            GOV + "ofType": concept(chance.choice(REMEDIES)),
            GOV + "basedOnEvidence": evidence,
        },
    )
    yield from _node(
        outcome,
        "OutcomeAssessment",
        {
            LABEL: text(f"Outcome {_phrase(chance, 3)}"),
            GOV + "isOutcomeOf": f"<{measure}>",
            GOV + "hasRating": concept(chance.choice(RATINGS)),
            GOV + "onAxis": concept(chance.choice(tuple(AXES))),
            GOV + "confidence": typed(f"0.{chance.randrange(100, 1000)}", "decimal"),
            GOV + "basedOnEvidence": evidence,
        },
    )


def _profile(iri: str, place: int, chance: random.Random) -> Iterator[str]:
    axis = chance.choice(tuple(AXES))
    grade = chance.randrange(2)
    yield from _node(
        f"{iri}#profile",
        "GovernanceProfile",
        {
            GOV + "isProfileOf": f"<{BASE}agent/bench-{place:06d}>",
            GOV + "atProfileStage": concept(chance.choice(("baseline", "outcome"))),
            GOV + "hasAssessment": f"<{iri}#assessment>",
        },
    )
    yield from _node(
        f"{iri}#assessment",
        "AxisAssessment",
        {GOV + "onAxis": concept(axis), GOV + "assignsPole": concept(AXES[axis][grade])},
    )


def number_of(size: str) -> int:
    """Read a size such as 100k or 1M."""
    factor = {"k": 1000, "m": 1_000_000}.get(size[-1:].lower(), 1)
    return int(float(size.rstrip("kKmM")) * factor)


if __name__ == "__main__":
    sys.stdout.writelines(lines(number_of(sys.argv[1])))
