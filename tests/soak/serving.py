"""Run ``govkg serve`` in a process that can be killed: a fresh one, or a fork of one that is ready.

A fork skips the imports, which take most of a start; from there on it is the same command.
"""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

FORKING = multiprocessing.get_context("forkserver")
FORKING.set_forkserver_preload(["govkg.app", "govkg.cli.serve", "uvicorn.loops.auto"])


class Process(Protocol):
    """What the two kinds of process have in common."""

    pid: int | None

    def kill(self) -> None:
        """End it by SIGKILL."""


def spawned(environment: Mapping[str, str], log: Path) -> Process:
    """Start a fresh interpreter."""
    command = [sys.executable, "-m", "govkg", "serve"]
    with log.open("ab") as output:
        return subprocess.Popen(command, env=dict(environment), stdout=output, stderr=output)


def forked(environment: Mapping[str, str], log: Path) -> Process:
    """Fork a process that has imported everything."""
    process = FORKING.Process(target=_serve, args=(dict(environment), str(log)))
    process.start()
    return process


def bury(process: Process) -> None:
    """Kill a process, and return when it is gone."""
    process.kill()
    if isinstance(process, subprocess.Popen):
        process.wait()
    else:
        process.join()  # type: ignore[attr-defined]


def _serve(environment: dict[str, str], log: str) -> None:
    """Be the command."""
    output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.environ.clear()
    os.environ.update(environment)
    from govkg.cli.serve import serve

    serve()
