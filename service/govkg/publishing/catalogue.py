"""The catalogue of what is given away, in DCAT 3 as DCAT-AP 3 wants it.

See https://www.w3.org/TR/vocab-dcat-3/ and https://semiceu.github.io/DCAT-AP/releases/3.0.0/.
What the operator has not set is left out: nothing is made up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from govkg.cases.statements import Statements, Value
from govkg.publishing.dumping import Dump, File
from govkg.publishing.holdings import CASES, INFERRED, ONTOLOGY, REGISTER, SHAPES, WHOLE
from govkg.publishing.licences import licence_named
from govkg.settings import Settings
from govkg.vocabulary import XSD

_EU: Final = "http://publications.europa.eu/resource/authority/"
_IANA: Final = "https://www.iana.org/assignments/media-types/"
_THEME: Final = NamedNode(_EU + "data-theme/GOVE")
_LANGUAGES: Final = {tag: NamedNode(_EU + f"language/{code}")
                     for tag, code in (("en", "ENG"), ("zh", "ZHO"))}  # fmt: skip
_OPEN: Final = NamedNode(_EU + "access-right/PUBLIC")
_RESTRICTED: Final = NamedNode(_EU + "access-right/RESTRICTED")
_AVAILABLE: Final = NamedNode(_EU + "planned-availability/AVAILABLE")
_SHA256: Final = NamedNode("http://spdx.org/rdf/terms#checksumAlgorithm_sha256")
_CC_BY: Final = "https://creativecommons.org/licenses/by/4.0/"
_FILE_TYPES: Final = {
    "application/n-quads": "RDF_N_QUADS",
    "text/turtle": "RDF_TURTLE",
    "application/ld+json": "JSON_LD",
    "text/csv": "CSV",
    "application/csvm+json": "JSON",
    "application/json": "JSON",
    "application/geo+json": "GEOJSON",
    "application/graphml+xml": "XML",
}
_UNREGISTERED: Final = ("application/graphml+xml",)
"""Media types that IANA does not list."""
_EDITORS: Final = {"en": "govkg editors"}

Texts = dict[str, str]


@dataclass(frozen=True)
class Told:
    """What is said in words of a dataset that is always the same."""

    title: Texts
    description: Texts
    keywords: Mapping[str, Sequence[str]]


_KEYWORDS: Final = {
    "en": ("local government", "governance", "public sector reform", "knowledge graph"),
    "zh": ("地方政府", "治理", "行政改革", "知识图谱"),
}
TOLD: Final = {
    WHOLE: Told(
        {"en": "govkg: a knowledge graph of how local government changes",
         "zh": "govkg：地方政府变革知识图谱"},
        {"en": "All open graphs together: the ontology, its mappings to other vocabularies, the "
         "cases, and the registers of places.",
         "zh": "所有开放图的合集：本体、与其他词汇表的映射、案例以及地区名册。"},
        _KEYWORDS,
    ),
    ONTOLOGY: Told(
        {"en": "govkg ontology of how local government changes", "zh": "govkg 地方政府变革本体"},
        {"en": "Classes, properties and concepts for crises, problems, remedies and "
         "transformations of local government, each with its source, and mappings to other "
         "vocabularies.",
         "zh": "关于地方政府危机、问题、对策与转型的类、属性和概念，各附来源，"
         "并含与其他词汇表的映射。"},
        {"en": ("ontology", "local government", "vocabulary"),
         "zh": ("本体", "地方政府", "词汇表")},
    ),
    SHAPES: Told(
        {"en": "govkg shapes for cases of reform", "zh": "govkg 改革案例形状"},
        {"en": "SHACL shapes that say what a case of reform must, should and may hold, with "
         "messages in English and Chinese.",
         "zh": "以 SHACL 形状规定改革案例必须、应当和可以包含的内容，附中英文提示。"},
        {"en": ("SHACL", "validation", "local government"), "zh": ("SHACL", "校验", "地方政府")},
    ),
    CASES: Told(
        {"en": "govkg cases of local government reform", "zh": "govkg 地方政府改革案例"},
        {"en": "Real reforms of local government as linked data: situation, measures, outcomes, "
         "profiles before and after, and the evidence for each.",
         "zh": "以关联数据记录的真实地方政府改革：情形、举措、成效、前后特征及各项证据。"},
        _KEYWORDS,
    ),
    INFERRED: Told(
        {"en": "govkg: what follows from the data", "zh": "govkg：由数据推出的内容"},
        {"en": "The triples that follow from all other graphs by OWL 2 RL and that nobody "
         "asserted.",
         "zh": "按 OWL 2 RL 从其他各图推出、未被断言的三元组。"},
        {"en": ("inference", "OWL 2 RL"), "zh": ("推理", "OWL 2 RL")},
    ),
}  # fmt: skip
_CATALOGUE: Final = {
    "title": {"en": "Catalogue of govkg", "zh": "govkg 数据目录"},
    "description": {
        "en": "What this service gives away on how local government changes: datasets with their "
        "licences and files, and the services that answer questions about them.",
        "zh": "本服务所提供的关于地方政府变革的数据：各数据集及其许可和文件，以及可供查询的服务。",
    },
}
_SERVICES: Final = {
    "sparql": (
        "/sparql",
        {"en": "SPARQL endpoint", "zh": "SPARQL 端点"},
        {"en": "Answers SPARQL 1.1 queries over all graphs.",
         "zh": "对所有图执行 SPARQL 1.1 查询。"},
        "https://www.w3.org/TR/sparql11-protocol/",
        "/sparql",
    ),
    "api": (
        "",
        {"en": "HTTP API", "zh": "HTTP 接口"},
        {"en": "Looks up terms and cases, explains, validates and diagnoses.",
         "zh": "查询术语与案例，并提供解释、校验与诊断。"},
        "https://spec.openapis.org/oas/v3.1.0",
        "/openapi.json",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Where:
    """At which addresses there is what belongs to a dump."""

    address: str
    """That of the service."""
    release: str = ""
    """The version of a release; empty for the data as it is now."""

    @property
    def home(self) -> str:
        """The catalogue."""
        return f"{self.address}/catalog" + (f"?release={self.release}" if self.release else "")

    @property
    def files(self) -> str:
        """What the addresses of files begin with."""
        return (
            f"{self.address}/releases/{self.release}" if self.release else f"{self.address}/dumps"
        )


class Catalogue:
    """The catalogue of one dump, at an address."""

    def __init__(self, dump: Dump, where: Where, settings: Settings) -> None:
        """Take what there is, and what the operator says of himself."""
        self._dump = dump
        self._where = where
        self._address = where.address
        self._settings = settings
        self._out = Statements("catalogue")
        self._this = NamedNode(where.home)

    def triples(self) -> list[Triple]:
        """Return the catalogue with its datasets, their distributions, and the services."""
        out, this = self._out, self._this
        out.say(this, "rdf:type", "dcat:Catalog")
        out.say(this, "dcterms:title", _CATALOGUE["title"])
        out.say(this, "dcterms:description", _CATALOGUE["description"])
        out.say(this, "foaf:homepage", this)
        self._type(this, "foaf:Document")
        out.say(this, "dcterms:publisher", self._publisher())
        out.say(this, "dcterms:language", *map(self._language, _LANGUAGES))
        out.say(this, "dcterms:license", self._licence(_CC_BY))
        out.say(this, "dcat:themeTaxonomy", self._scheme())
        self._date(this)
        datasets = [each for each in self._dump.datasets() if each != WHOLE]
        for name in self._dump.datasets():
            out.say(this, "dcat:dataset", self._dataset(name))
        for name in datasets:
            out.say(self._iri(WHOLE), "dcterms:hasPart", self._iri(name))
        for name in _SERVICES:
            out.say(this, "dcat:service", self._service(name))
        return sorted(dict.fromkeys(out.triples), key=lambda each: str(each.subject))

    def _iri(self, dataset: str) -> NamedNode:
        return NamedNode(f"{self._where.home}#{dataset}")

    def _dataset(self, name: str) -> NamedNode:
        """Describe a dataset and its files."""
        out, this = self._out, self._iri(name)
        out.say(this, "rdf:type", "dcat:Dataset")
        self._words(this, name)
        out.say(this, "dcterms:identifier", Literal(this.value))
        out.say(this, "dcat:theme", self._theme())
        out.say(this, "dcterms:language", *map(self._language, _LANGUAGES))
        out.say(this, "dcterms:accessRights", self._access(name))
        out.say(this, "dcat:landingPage", self._document(self._where.home))
        self._provenance(this, name)
        self._date(this)
        for contact in self._contact():
            out.say(this, "dcat:contactPoint", contact)
        files = [each for each in self._dump.files if each.dataset == name]
        for file in files:
            if file.media_type != "application/csvm+json":
                out.say(this, "dcat:distribution", self._distribution(file))
        if name == WHOLE:
            void = NamedNode(f"{self._address}/.well-known/void")
            out.say(this, "rdfs:seeAlso", void)
        if self._where.release:
            out.say(this, "dcat:isVersionOf", NamedNode(f"{self._address}/catalog#{name}"))
        return this

    def _words(self, this: NamedNode, name: str) -> None:
        """Write down title, description and keywords; those of a register are its own."""
        told = TOLD.get(name)
        titles = told.title if told else self._titles(name)
        out = self._out
        out.say(this, "dcterms:title", titles)
        out.say(this, "dcterms:description", told.description if told else titles)
        for language, words in (told.keywords if told else {}).items():
            for word in words:
                out.say(this, "dcat:keyword", {language: word})
        version = self._version(name)
        if version:
            out.say(this, "dcat:version", Literal(version))

    def _titles(self, name: str) -> Texts:
        held = self._dump.included(name)
        return next((each.titles for each in held if each.titles), {"en": name})

    def _version(self, name: str) -> str:
        if name.startswith(REGISTER):
            return next((each.version for each in self._dump.included(name)), "")
        return self._where.release or self._dump.ontology

    def _provenance(self, this: NamedNode, name: str) -> None:
        """Write down who publishes it and what it was made of."""
        out, held = self._out, self._dump.included(name)
        own = not name.startswith(REGISTER)
        publishers = {each.publisher for each in held if each.publisher} if not own else set()
        for publisher in sorted(publishers):
            out.say(this, "dcterms:publisher", self._agent(publisher))
        if own:
            out.say(this, "dcterms:publisher", self._publisher())
        sources = sorted({iri for each in held for iri in each.sources})
        out.say(this, "prov:wasDerivedFrom", *map(NamedNode, sources))
        node = out.part(this, "dcterms:provenance")
        out.say(node, "rdf:type", "dcterms:ProvenanceStatement")
        words = {
            "en": f"Written by govkg {self._dump.govkg} from {len(held)} graphs of its store.",
            "zh": f"由 govkg {self._dump.govkg} 从其存储的 {len(held)} 个图写出。",
        }
        if name == SHAPES:
            words = {
                "en": f"Part of govkg {self._dump.govkg}.",
                "zh": f"govkg {self._dump.govkg} 的组成部分。",
            }
        out.say(node, "rdfs:label", words)

    def _distribution(self, file: File) -> NamedNode:
        """Describe a file."""
        out = self._out
        this = NamedNode(f"{self._where.files}/{file.name}")
        out.say(this, "rdf:type", "dcat:Distribution", "rdfs:Resource")
        out.say(this, "dcterms:title", {"en": file.name})
        out.say(this, "dcat:accessURL", this)
        out.say(this, "dcat:downloadURL", this)
        out.say(
            this, "dcat:byteSize", Literal(str(file.bytes), datatype=_xsd("nonNegativeInteger"))
        )
        if file.media_type not in _UNREGISTERED:
            out.say(this, "dcat:mediaType", self._media(file.media_type))
        out.say(this, "dcterms:format", self._file_type(file.media_type))
        if file.is_packed:
            out.say(this, "dcat:compressFormat", self._media("application/gzip"))
        checksum = out.part(this, "spdx:checksum", {"spdx:algorithm": _SHA256})
        out.say(checksum, "rdf:type", "spdx:Checksum")
        out.say(checksum, "spdx:checksumValue", Literal(file.sha256, datatype=_xsd("hexBinary")))
        self._type(_SHA256, "spdx:ChecksumAlgorithm")
        self._rights(this, file)
        self._date(this)
        if file.media_type == "text/csv":
            described = NamedNode(f"{self._where.files}/{file.name}-metadata.json")
            out.say(this, "dcterms:conformsTo", self._standard("http://www.w3.org/ns/csvw"))
            out.say(this, "foaf:page", self._document(described.value))
        return this

    def _rights(self, this: NamedNode, file: File) -> None:
        """Write down the licence; a file of several has the text in which they all are."""
        iris = self._licences(file.dataset)
        out = self._out
        if len(iris) == 1:
            out.say(this, "dcterms:license", self._licence(iris[0]))
        else:
            text = NamedNode(f"{self._where.files}/LICENCES.txt")
            self._type(text, "dcterms:LicenseDocument")
            out.say(this, "dcterms:license", text)
        held = self._dump.included(file.dataset)
        restricted = not all(each.is_open for each in held)
        rights = out.part(this, "dcterms:rights")
        out.say(rights, "rdf:type", "dcterms:RightsStatement")
        said = "; ".join(_said(iri) for iri in iris) or "no licence is stated"
        out.say(rights, "rdfs:label", {"en": said + ("; not open" if restricted else "")})
        out.say(this, "dcatap:availability", self._availability())

    def _licences(self, dataset: str) -> list[str]:
        return [_CC_BY] if dataset == SHAPES else self._dump.licences(dataset)

    def _service(self, name: str) -> NamedNode:
        """Describe a service."""
        path, title, description, standard, document = _SERVICES[name]
        out, this = self._out, NamedNode(f"{self._where.home}#service-{name}")
        out.say(this, "rdf:type", "dcat:DataService")
        out.say(this, "dcterms:title", title)
        out.say(this, "dcterms:description", description)
        for word, where in (("endpointURL", path), ("endpointDescription", document)):
            there = NamedNode(f"{self._address}{where or '/'}")
            out.say(this, f"dcat:{word}", there)
            self._type(there, "rdfs:Resource")
        out.say(this, "dcterms:conformsTo", self._standard(standard))
        out.say(this, "dcat:servesDataset", self._iri(WHOLE))
        out.say(this, "dcterms:publisher", self._publisher())
        out.say(this, "dcterms:license", self._licence(_CC_BY))
        public = self._concept(_OPEN, "dcterms:RightsStatement", "public")
        out.say(this, "dcterms:accessRights", public)
        out.say(this, "dcat:theme", self._theme())
        for contact in self._contact():
            out.say(this, "dcat:contactPoint", contact)
        return this

    def _publisher(self) -> NamedNode | BlankNode:
        """Return the publisher that is set, or else that of the bundled data."""
        name, url = self._settings.publisher_name, self._settings.publisher_url
        if not name:
            this: NamedNode | BlankNode = NamedNode(self._dump.base + "agent/govkg")
            self._out.say(this, "rdf:type", "foaf:Agent")
            self._out.say(this, "foaf:name", _EDITORS)
            return this
        this = NamedNode(url) if url else BlankNode("publisher")
        self._out.say(this, "rdf:type", "foaf:Agent")
        self._out.say(this, "foaf:name", Literal(name))
        return this

    def _agent(self, name: str) -> BlankNode:
        node = self._out.node()
        self._out.say(node, "rdf:type", "foaf:Agent")
        self._out.say(node, "foaf:name", Literal(name))
        return node

    def _contact(self) -> Sequence[BlankNode]:
        """Return whom to ask, if anything of it is set."""
        given = self._settings
        if not (given.contact_name or given.contact_email or given.contact_url):
            return ()
        node, out = BlankNode("contact"), self._out
        out.say(node, "rdf:type", "vcard:Kind")
        if given.contact_name:
            out.say(node, "vcard:fn", Literal(given.contact_name))
        if given.contact_email:
            out.say(node, "vcard:hasEmail", NamedNode(f"mailto:{given.contact_email}"))
        if given.contact_url:
            out.say(node, "vcard:hasURL", NamedNode(given.contact_url))
        return (node,)

    def _date(self, this: NamedNode) -> None:
        if self._dump.modified:
            modified = Literal(self._dump.modified, datatype=_xsd("date"))
            self._out.say(this, "dcterms:modified", modified)

    def _access(self, dataset: str) -> NamedNode:
        if all(each.is_open for each in self._dump.included(dataset)):
            return self._concept(_OPEN, "dcterms:RightsStatement", "public")
        return self._concept(_RESTRICTED, "dcterms:RightsStatement", "restricted")

    def _licence(self, iri: str) -> NamedNode:
        known, this = licence_named(iri), NamedNode(iri)
        self._type(this, "dcterms:LicenseDocument")
        if known:
            self._out.say(this, "dcterms:title", {"en": known.title})
            self._out.say(this, "dcterms:identifier", Literal(known.id))
        return this

    def _availability(self) -> NamedNode:
        return self._concept(_AVAILABLE, "skos:Concept", "available")

    def _scheme(self) -> NamedNode:
        this = NamedNode(_EU + "data-theme")
        self._type(this, "skos:ConceptScheme")
        self._out.say(this, "dcterms:title", {"en": "Data theme"})
        return this

    def _theme(self) -> NamedNode:
        self._out.say(_THEME, "skos:inScheme", self._scheme())
        return self._concept(_THEME, "skos:Concept", "Government and public sector")

    def _language(self, tag: str) -> NamedNode:
        self._type(_LANGUAGES[tag], "dcterms:LinguisticSystem")
        return _LANGUAGES[tag]

    def _media(self, media_type: str) -> NamedNode:
        this = NamedNode(_IANA + media_type)
        self._type(this, "dcterms:MediaType")
        return this

    def _file_type(self, media_type: str) -> NamedNode:
        this = NamedNode(f"{_EU}file-type/{_FILE_TYPES[media_type]}")
        self._type(this, "dcterms:MediaTypeOrExtent")
        return this

    def _standard(self, iri: str) -> NamedNode:
        self._type(NamedNode(iri), "dcterms:Standard")
        return NamedNode(iri)

    def _document(self, iri: str) -> NamedNode:
        self._type(NamedNode(iri), "foaf:Document")
        return NamedNode(iri)

    def _concept(self, this: NamedNode, kind: str, label: str) -> NamedNode:
        self._type(this, kind)
        self._out.say(this, "skos:prefLabel", {"en": label})
        return this

    def _type(self, this: NamedNode, kind: Value) -> None:
        self._out.say(this, "rdf:type", kind)


def _xsd(name: str) -> NamedNode:
    return NamedNode(XSD + name)


def _said(iri: str) -> str:
    known = licence_named(iri)
    return f"{known.title} <{iri}>" if known else f"<{iri}>"
