"""Draft cases out of public services (CPSV-AP) and changes of organisations (ORG).

A service is not a reform, nor does a change of organisation say why it was made: what comes of them
is the beginning of a case, for somebody who knows the rest. Nothing is made up, and what has no
place in a case is told. Organisations and places come with them.

CPSV-AP: https://semiceu.github.io/CPSV-AP/; ORG: https://www.w3.org/TR/vocab-org/
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Triple

from govkg.harvesting.statements import LeftOut, Statements, Thing
from govkg.ontology import Ontology, load_ontology
from govkg.vocabulary import (
    ADMS,
    AGENT,
    CPSV,
    DATES,
    DCTERMS,
    FOAF,
    GC,
    GOV,
    M8G,
    ORG,
    PLACE,
    PREFIXES,
    PROV,
    RDF,
    RDFS,
    SCHEMA,
    SKOS,
)  # fmt: skip

_CASE: Final = PREFIXES["case"]
_NAMES: Final = (SKOS + "prefLabel", DCTERMS + "title", RDFS + "label", FOAF + "name")
_SERVICES: Final = (CPSV + "PublicService",)
_CHANGES: Final = (ORG + "ChangeEvent",)
_ORGANISATIONS: Final = (
    M8G + "PublicOrganisation", ORG + "FormalOrganization", ORG + "Organization",
)  # fmt: skip
_HANDLED: Final = (*_SERVICES, *_CHANGES, *_ORGANISATIONS, DCTERMS + "Location")
_SPATIAL: Final = DCTERMS + "spatial"
_STARTS: Final = (
    SCHEMA + "startDate", "http://schema.org/startDate", PROV + "startedAtTime", DCTERMS + "date",
)  # fmt: skip
_ENDS: Final = (SCHEMA + "endDate", "http://schema.org/endDate", PROV + "endedAtTime")
_TEXTS: Final = {
    DCTERMS + "title": _NAMES,
    DCTERMS + "description": (DCTERMS + "description",),
    DCTERMS + "identifier": (DCTERMS + "identifier",),
}
_PERIOD: Final = {GOV + "startDate": _STARTS, GOV + "endDate": _ENDS}
_SOURCES: Final = {M8G + "hasLegalResource": "legal-text", FOAF + "page": "official-page"}
"""The documents of a service that are evidence, and of which type."""
_STATUS: Final = {
    "http://purl.org/adms/status/UnderDevelopment": "planned",
    "http://purl.org/adms/status/Deprecated": "discontinued",
    "http://purl.org/adms/status/Withdrawn": "discontinued",
}
"""What a status of ADMS is for a case; “Completed” says only that a description is finished."""
_SCHEME: Final = re.compile(r"^[a-z]+:(//)?", re.IGNORECASE)
_KINDS: Final = ("Organization", "Government")
_LOCAL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_NOT_IN_IRIS: Final = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True)
class Drafts:
    """What came of a document."""

    triples: tuple[Triple, ...]
    cases: tuple[NamedNode, ...]
    left_out: tuple[LeftOut, ...]
    """Every kind of statement that is not in the triples."""


def draft(quads: Iterable[Quad], ontology: Ontology | None = None) -> Drafts:
    """Make a draft case of each public service and each change of organisations in a document."""
    made = _Drafting(Statements(quads), ontology or load_ontology())
    for service in made.source.instances(*_SERVICES):
        made.add_service(service)
    for change in made.source.instances(*_CHANGES):
        made.add_change(change)
    for organisation in made.source.instances(*_ORGANISATIONS):
        made.agent(organisation)
    made.describe_agents()
    triples = sorted(dict.fromkeys(made.triples), key=lambda t: str(t.subject))
    return Drafts(tuple(triples), tuple(made.cases), made.source.left_out())


class _Drafting:
    """Makes cases, organisations and places of the statements of a document, each once."""

    def __init__(self, source: Statements, ontology: Ontology) -> None:
        self.source = source
        kinds = (ontology.subclasses(NamedNode(GOV + name)) for name in _KINDS)
        self._organizations, self._governments = ({each.value for each in kind} for kind in kinds)
        self.triples: list[Triple] = []
        self.cases: list[NamedNode] = []
        self._made: dict[tuple[str, Thing], NamedNode] = {}
        self._taken: set[NamedNode] = set()
        self._called: Counter[str] = Counter()
        self._waiting: list[Thing] = []

    def add_service(self, service: Thing) -> None:
        """Make a case of a public service: its competent authority leads, in its place."""
        case = self._case(service)
        for status in self.source.known(service, ADMS + "status", _STATUS):
            self._say(case, GOV + "hasCaseStatus", NamedNode(GC + _STATUS[status]))
        authorities = self.source.things(service, M8G + "hasCompetentAuthority")
        self._take_part(case, "lead", authorities, "lead")
        self._lead_place(case, service, authorities)
        for document, kind in _SOURCES.items():
            self._add_evidence(case, self.source.things(service, document), kind)

    def add_change(self, change: Thing) -> None:
        """Make a case of a change: it is a measure, and those before and after it take part."""
        source, case = self.source, self._case(change)
        before = source.things(change, ORG + "originalOrganization")
        before += source.subjects(ORG + "changedBy", change)
        after = source.things(change, ORG + "resultingOrganization")
        after += source.subjects(ORG + "resultedFrom", change)
        self._take_part(case, "original", before, "participant")
        self._take_part(case, "resulting", after, "participant")
        self._lead_place(case, change, after or before)
        measure = self._part(case, "change", "adopts", "InnovationMeasure")
        self._copy(measure, RDFS + "label", source.literals(change, *_NAMES))
        self._copy(measure, GOV + "startDate", source.literals(change, *_STARTS, of=DATES))

    def agent(self, organisation: Thing) -> NamedNode:
        """Name an organisation, which is described later."""
        if ("agent", organisation) in self._made:
            return self._made["agent", organisation]
        self._waiting.append(organisation)
        return self._named("agent", AGENT, organisation)

    def describe_agents(self) -> None:
        """Describe organisations; governments are those of which a class of ours is said."""
        source = self.source
        while self._waiting:
            organisation = self._waiting.pop()
            this = self._made["agent", organisation]
            kinds = source.known(organisation, ORG + "classification", self._organizations)
            for kind in kinds or [GOV + "Organization"]:
                self._say(this, RDF + "type", NamedNode(kind))
            self._describe(this, organisation)
            rules = not self._governments.isdisjoint(kinds)
            for location in source.things(organisation, _SPATIAL) if rules else ():
                self._say(this, GOV + "governs", self.place(location))
            for above in source.things(organisation, ORG + "subOrganizationOf"):
                self._say(this, ORG + "subOrganizationOf", self.agent(above))

    def place(self, location: Thing) -> NamedNode:
        """Describe a place."""
        if ("place", location) in self._made:
            return self._made["place", location]
        this = self._named("place", PLACE, location)
        self._say(this, RDF + "type", NamedNode(GOV + "Jurisdiction"))
        self._describe(this, location)
        return this

    def _case(self, thing: Thing) -> NamedNode:
        """Begin the draft of a case."""
        this, source = self._named("case", _CASE, thing), self.source
        self.cases.append(this)
        self._say(this, RDF + "type", NamedNode(GOV + "GovernanceCase"))
        self._say(this, GOV + "hasRecordStatus", NamedNode(GC + "draft"))
        for ours, theirs in _TEXTS.items():
            self._copy(this, ours, source.literals(thing, *theirs))
        for ours, theirs in _PERIOD.items():
            self._copy(this, ours, source.literals(thing, *theirs, of=DATES))
        return this

    def _take_part(
        self, case: NamedNode, name: str, organisations: Sequence[Thing], role: str
    ) -> None:
        """Say in which role organisations take part; a part is called as its organisation is."""
        for number, organisation in enumerate(dict.fromkeys(organisations), 1):
            part = self._part(case, f"{name}-{number}", "hasParticipation", "Participation")
            self._say(part, GOV + "hasParticipant", self.agent(organisation))
            self._say(part, GOV + "inRole", NamedNode(GC + role))
            self._copy(part, RDFS + "label", self.source.literals(organisation, *_NAMES))

    def _lead_place(self, case: NamedNode, thing: Thing, organisations: Sequence[Thing]) -> None:
        """Say which place leads: that of the thing, or else of its organisations, if it is one."""
        for sources in ([thing], organisations):
            found = {place for each in sources for place in self.source.peek(each, _SPATIAL)}
            if len(found) == 1 and isinstance(next(iter(found)), Thing):
                for each in sources:
                    for location in self.source.things(each, _SPATIAL):
                        self._say(case, GOV + "hasLeadJurisdiction", self.place(location))
            if found:
                return

    def _add_evidence(self, case: NamedNode, documents: Sequence[Thing], kind: str) -> None:
        """Name documents as evidence: those that have an address."""
        addresses = [each for each in documents if isinstance(each, NamedNode)]
        for number, document in enumerate(addresses, 1):
            item = self._part(case, f"{kind}-{number}", "hasEvidence", "EvidenceItem")
            self._say(item, DCTERMS + "source", document)
            self._say(item, GOV + "hasEvidenceType", NamedNode(GC + kind))
            self._copy(item, RDFS + "label", self.source.literals(document, *_NAMES))

    def _part(self, case: NamedNode, name: str, property: str, kind: str) -> NamedNode:
        """Begin a part of a case."""
        this = NamedNode(f"{case.value}#{name}")
        self._say(case, GOV + property, this)
        self._say(this, RDF + "type", NamedNode(GOV + kind))
        return this

    def _describe(self, this: NamedNode, thing: Thing) -> None:
        """Say the names, codes and origin of an organisation or a place."""
        self._copy(this, RDFS + "label", self.source.literals(thing, *_NAMES))
        for name in (SKOS + "altLabel", SKOS + "notation", DCTERMS + "identifier"):
            self._copy(this, name, self.source.literals(thing, name))
        for match in (
            m for m in self.source.things(thing, SKOS + "exactMatch") if isinstance(m, NamedNode)
        ):
            self._say(this, SKOS + "exactMatch", match)

    def _named(self, kind: str, space: str, thing: Thing) -> NamedNode:
        """Return the IRI of what a thing becomes: its own, if it is one of ours, or a new one."""
        self.source.known(thing, RDF + "type", _HANDLED)
        this = self._free(thing, space)
        self._taken.add(this)
        self._made[kind, thing] = this
        if isinstance(thing, NamedNode) and thing != this:
            origin = PROV + "wasDerivedFrom" if kind == "case" else SKOS + "exactMatch"
            self._say(this, origin, thing)
        return this

    def _free(self, thing: Thing, space: str) -> NamedNode:
        """Return an IRI that nothing else has."""
        if isinstance(thing, NamedNode) and _LOCAL.fullmatch(thing.value.removeprefix(space)):
            return thing
        text = _SCHEME.sub("", thing.value) if isinstance(thing, NamedNode) else ""
        values = (value for name in _NAMES for value in self.source.peek(thing, name))
        names = (value.value for value in values if isinstance(value, Literal))
        slug = _NOT_IN_IRIS.sub("-", text or next(names, "")).strip("-").lower()[:80]
        stem = f"{space}{slug or 'unnamed'}"
        while True:
            self._called[stem] += 1
            number = self._called[stem]
            this = NamedNode(stem if number == 1 else f"{stem}-{number}")
            if this not in self._taken:
                return this

    def _copy(self, this: NamedNode, property: str, values: Iterable[Literal]) -> None:
        for value in values:
            self._say(this, property, value)

    def _say(self, this: NamedNode, property: str, value: NamedNode | Literal) -> None:
        self.triples.append(Triple(this, NamedNode(property), value))
