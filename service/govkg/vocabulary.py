"""Every IRI that the code mentions, and the prefixes that users may leave out.

Terms are plain strings, so that this file needs no library; ``rdf.py`` makes nodes of them.
"""

from typing import Final

GOV: Final = "https://w3id.org/govkg/ontology#"
GC: Final = "https://w3id.org/govkg/concept/"
GS: Final = "https://w3id.org/govkg/scheme/"
GSH: Final = "https://w3id.org/govkg/shapes#"
RULES: Final = "https://w3id.org/govkg/rules/"
PLACE: Final = "https://w3id.org/govkg/place/"
AGENT: Final = "https://w3id.org/govkg/agent/"
ONTOLOGY: Final = "https://w3id.org/govkg/ontology"
CASE_CONTEXT: Final = "https://w3id.org/govkg/contexts/case-v1.jsonld"

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
DCTERMS: Final = "http://purl.org/dc/terms/"
DCAT: Final = "http://www.w3.org/ns/dcat#"
PROV: Final = "http://www.w3.org/ns/prov#"
SH: Final = "http://www.w3.org/ns/shacl#"
SD: Final = "http://www.w3.org/ns/sparql-service-description#"
VOID: Final = "http://rdfs.org/ns/void#"
VOID_EXT: Final = "http://ldf.fi/void-ext#"
FORMATS: Final = "http://www.w3.org/ns/formats/"
ENTAILMENT: Final = "http://www.w3.org/ns/entailment/"
DASH: Final = "http://datashapes.org/dash#"
CSVW: Final = "http://www.w3.org/ns/csvw#"
SCHEMA: Final = "https://schema.org/"
FOAF: Final = "http://xmlns.com/foaf/0.1/"
VCARD: Final = "http://www.w3.org/2006/vcard/ns#"
SPDX: Final = "http://spdx.org/rdf/terms#"
GEO: Final = "http://www.w3.org/2003/01/geo/wgs84_pos#"
ORG: Final = "http://www.w3.org/ns/org#"
M8G: Final = "http://data.europa.eu/m8g/"
CPSV: Final = "http://purl.org/vocab/cpsv#"
ADMS: Final = "http://www.w3.org/ns/adms#"
DCATAP: Final = "http://data.europa.eu/r5r/"
OA: Final = "http://www.w3.org/ns/oa#"
AS: Final = "https://www.w3.org/ns/activitystreams#"

DATES: Final = (XSD + "gYear", XSD + "gYearMonth", XSD + "date", XSD + "dateTime")
"""The datatypes of dates, the least precise first."""

PREFIXES: Final[dict[str, str]] = {
    "gov": GOV,
    "gc": GC,
    "gs": GS,
    "gsh": GSH,
    "case": "https://w3id.org/govkg/case/",
    "place": PLACE,
    "agent": AGENT,
    "graph": "https://w3id.org/govkg/graph/",
    "rdf": RDF,
    "rdfs": RDFS,
    "owl": OWL,
    "xsd": XSD,
    "skos": SKOS,
    "dcterms": DCTERMS,
    "dcat": DCAT,
    "prov": PROV,
    "sh": SH,
    "schema": SCHEMA,
    "void": VOID,
    "void-ext": VOID_EXT,
    "sd": SD,
    "foaf": FOAF,
    "vcard": VCARD,
    "spdx": SPDX,
    "dcatap": DCATAP,
    "oa": OA,
    "as": AS,
}
"""The prefixes that the service declares by itself, as ``/prefixes`` lists them."""
