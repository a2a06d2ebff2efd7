"""The history of a case as PROV-O."""

from collections.abc import Sequence
from hashlib import sha256

from pyoxigraph import Literal, NamedNode, Triple

from govkg.cases.statements import Statements
from govkg.journal import Event, Record, Version
from govkg.vocabulary import XSD

_MOMENT = NamedNode(XSD + "dateTime")


def provenance(
    record: Record, events: Sequence[Event], versions: Sequence[Version], base: str
) -> list[Triple]:
    """Return who made which version of a case when, from which, and what was done with it.

    A version is a prov:Entity at its own address, each event a prov:Activity.
    """
    said = Statements("h")
    case, history = NamedNode(record.iri), f"{base}cases/{record.case_id}/history"
    known = {version.number for version in versions}
    for version in versions:
        _version(said, case, version, base, version.number - 1 in known)
    begun: set[int] = set()
    for event in events:
        if event.version in known:
            _event(said, event, history, base, first=event.version not in begun)
            begun.add(event.version)
    return said.triples


def address(case_id: str, number: int, base: str) -> NamedNode:
    """Return the IRI of a version."""
    return NamedNode(f"{base}cases/{case_id}/versions/{number}")


def _version(
    said: Statements, case: NamedNode, version: Version, base: str, has_former: bool
) -> None:
    entity = address(version.case_id, version.number, base)
    said.say(entity, "rdf:type", "prov:Entity")
    said.say(entity, "prov:specializationOf", case)
    said.say(entity, "dcat:version", Literal(str(version.number)))
    said.say(entity, "prov:generatedAtTime", Literal(version.at, datatype=_MOMENT))
    said.say(entity, "dcterms:identifier", Literal(f"sha256:{version.digest}"))
    if has_former:
        former = address(version.case_id, version.number - 1, base)
        said.say(entity, "prov:wasRevisionOf", former)


def _event(said: Statements, event: Event, history: str, base: str, *, first: bool) -> None:
    activity = NamedNode(f"{history}#event-{event.sequence}")
    entity = address(event.case_id, event.version, base)
    agent = NamedNode(f"{history}#agent-{sha256(event.actor.encode()).hexdigest()[:12]}")
    at = Literal(event.at, datatype=_MOMENT)
    said.say(activity, "rdf:type", "prov:Activity")
    said.say(activity, "rdfs:label", {"en": f"{event.action} version {event.version}"})
    said.say(activity, "prov:startedAtTime", at)
    said.say(activity, "prov:endedAtTime", at)
    said.say(activity, "prov:wasAssociatedWith", agent)
    if event.message:
        said.say(activity, "rdfs:comment", Literal(event.message))
    said.say(agent, "rdf:type", "prov:Agent")
    said.say(agent, "rdfs:label", Literal(event.name))
    if first:
        said.say(entity, "prov:wasAttributedTo", agent)
        said.say(entity, "prov:wasGeneratedBy", activity)
    elif event.action in ("supersede", "withdraw"):
        said.say(entity, "prov:wasInvalidatedBy", activity)
    else:
        said.say(activity, "prov:used", entity)
