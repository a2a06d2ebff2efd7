"""What a worker may use at most; it sets these limits on itself."""

# This runs in processes of its own, where coverage cannot be measured.

import contextlib
import math
import resource
import time
from pathlib import Path


def confine(memory_mb: int) -> None:  # pragma: no cover
    """Allow no new descriptor (file or socket), bounded memory, and no core file."""
    with contextlib.suppress(FileNotFoundError):  # only Linux has it
        present = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        _limit(resource.RLIMIT_AS, present + memory_mb * 2**20)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, 0)


def _limit(what: int, most: int) -> None:  # pragma: no cover
    """Lower a limit for good."""
    _, hard = resource.getrlimit(what)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, most))


def limit_processor(seconds: float) -> None:  # pragma: no cover
    """Bound the CPU time of the next job, in case the server is not there to kill it."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    most = math.ceil(time.process_time() + seconds) + 1
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (most, hard))
