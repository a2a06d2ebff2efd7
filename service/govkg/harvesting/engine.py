"""The engine for mappings in RML: a program in an environment of its own (decision 0026)."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from govkg.errors import MissingToolError, RecipeError
from govkg.settings import PREFIX, Settings

MADE = "made.nq"
"""The file that the engine writes into the folder in which it runs."""
_CONFIGURATION = f"""[CONFIGURATION]
output_file = {MADE}
output_format = N-QUADS
logging_level = ERROR
number_of_processes = 1
na_values =

[table]
mappings = {{mapping}}
file_path = {{table}}
"""

_CONFINED = (
    "import os, resource, sys; most = int(sys.argv[1]); "
    "resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)); os.execv(sys.argv[2], sys.argv[2:])"
)
"""What our own interpreter does before it becomes the engine."""


def run_engine(folder: Path, mapping: str, table: str, settings: Settings) -> bytes:
    """Carry out a mapping on a table, both in a folder; return N-Quads.

    Raises MissingToolError without an engine, and RecipeError with what the engine says, or if it
    takes longer or makes more than the settings allow.
    """
    command = engine_command(settings)
    configuration = folder / "configuration.ini"
    configuration.write_text(_CONFIGURATION.format(mapping=mapping, table=table), "utf-8")
    process = _started([*command, configuration.name], folder, settings.rml_bytes)
    try:
        _, said = process.communicate(timeout=settings.rml_seconds)
    except subprocess.TimeoutExpired as error:
        os.killpg(process.pid, signal.SIGKILL)  # it leads a group of its own
        process.communicate()
        raise _failed(
            mapping,
            f"the engine was not done in {settings.rml_seconds:g} seconds; "
            "GOVKG_RML_SECONDS allows more",
        ) from error
    if process.returncode:
        raise _failed(mapping, _reason(said, settings.rml_bytes))
    made = folder / MADE
    return made.read_bytes() if made.exists() else b""


def engine_command(settings: Settings) -> list[str]:
    """Return the command of the engine; raises MissingToolError if there is none."""
    given = shlex.split(settings.rml_engine) or [_beside(), "-m", "morph_kgc"]
    program = shutil.which(given[0])
    if program is None:
        remedy = "Run `make engine`, or name one in GOVKG_RML_ENGINE: docs/harvesting.md."
        raise MissingToolError(tool="an engine for RML mappings", remedy=remedy)
    return [str(Path(program).absolute()), *given[1:]]


def _beside() -> str:
    """Return the interpreter that `make engine` puts beside the environment that runs this."""
    return str(Path(sys.prefix).parent / ".venv-rml" / "bin" / "python")


def _started(command: list[str], folder: Path, most: int) -> subprocess.Popen[bytes]:
    """Start the engine without our settings, some of which are secret, and with bounded files."""
    environment = {name: v for name, v in os.environ.items() if not name.startswith(PREFIX)}
    return subprocess.Popen(  # noqa: S603 # the command is a setting
        [sys.executable, "-IS", "-c", _CONFINED, str(most), *command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def _reason(said: bytes, most: int) -> str:
    """Return the last line that the engine said: in Python, the error itself."""
    lines = [line.strip() for line in said.decode("utf-8", "replace").splitlines() if line.strip()]
    last = lines[-1] if lines else "the engine failed and does not say why"
    if "File too large" in last:
        return f"it makes more than {most} bytes; GOVKG_RML_BYTES allows more"
    return f"the engine says: {last[:500]}"


def _failed(mapping: str, reason: str) -> RecipeError:
    return RecipeError(file=mapping, entry="mapping", reason=reason)
