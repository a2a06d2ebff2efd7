"""The deep check: OWL 2 DL consistency and classification by HermiT, through owlready2.

HermiT needs Java and can take long, so each check runs in a process of its own with a deadline.
Run as a module, this file is that process: N-Triples on standard input, JSON on standard output.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, RdfFormat, Triple, serialize

from govkg.errors import DeadlineError, MissingToolError, WorkerLostError
from govkg.vocabulary import OWL, XSD

_OUTSIDE_OWL = {XSD + name for name in ("date", "gYear", "gYearMonth", "gMonth", "gDay", "time")}
"""Datatypes that OWL 2 DL does not know; HermiT stops at them."""


@dataclass(frozen=True)
class DeepCheck:
    """What HermiT found."""

    consistent: bool
    unsatisfiable: tuple[str, ...]
    """The IRIs of classes that can have no member."""


def deep_check(triples: Iterable[Triple], seconds: float) -> DeepCheck:
    """Check an ontology with data for consistency and for classes without possible members.

    Values of datatypes that OWL 2 DL does not know, such as dates, and imports are left out. Raises
    MissingToolError without Java, DeadlineError, and WorkerLostError if HermiT fails.
    """
    if not shutil.which("java"):
        raise MissingToolError(tool="Java", remedy="Install a Java runtime, version 11 or newer.")
    given = serialize((t for t in triples if _is_owl(t)), format=RdfFormat.N_TRIPLES)
    try:
        done = subprocess.run(  # noqa: S603  # our own interpreter and module
            [sys.executable, "-m", __name__],
            input=given,
            capture_output=True,
            timeout=seconds,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise DeadlineError(seconds=seconds, retry_after=1) from error
    except subprocess.CalledProcessError as error:
        raise WorkerLostError(retry_after=1) from error
    found = json.loads(done.stdout)
    return DeepCheck(found["consistent"], tuple(found["unsatisfiable"]))


def _is_owl(triple: Triple) -> bool:
    """Say whether HermiT can read a triple."""
    if triple.predicate.value == OWL + "imports":
        return False
    value = triple.object
    return not (isinstance(value, Literal) and value.datatype.value in _OUTSIDE_OWL)


def _run() -> None:
    """Load standard input into a world of its own, run HermiT, and print what it found."""
    import owlready2  # noqa: PLC0415  # slow to import, and wanted in the child alone

    world = owlready2.World()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "input.nt"
        path.write_bytes(sys.stdin.buffer.read())
        with path.open("rb") as file:
            ontology = world.get_ontology("https://w3id.org/govkg/deep-check#").load(fileobj=file)
    consistent = True
    try:
        with ontology:
            owlready2.sync_reasoner_hermit(world, debug=0)
    except owlready2.OwlReadyInconsistentOntologyError:
        consistent = False
    unsatisfiable = [c.iri for c in world.inconsistent_classes() if c is not owlready2.Nothing]
    json.dump({"consistent": consistent, "unsatisfiable": sorted(unsatisfiable)}, sys.stdout)


if __name__ == "__main__":
    _run()
