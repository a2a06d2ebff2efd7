"""Run every benchmark: checking and reasoning beside libraries, SPARQL beside servers.

    make bench

The part on SPARQL takes a minute or two here; `python -m bench.sparql` measures more, and longer.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PARTS = (
    ("bench.validation", "--sizes", "1,1000", "--rounds", "1"),
    ("bench.submissions", "--stored", "500", "--seconds", "3"),
    ("bench.reasoning",),
    ("bench.closures", "--sizes", "1k"),
    ("bench.sparql", "--quick"),
)


def main() -> None:
    """Run the parts one after the other, each in a process of its own."""
    for module, *options in PARTS:
        command = [sys.executable, "-m", module, *options]
        subprocess.run(command, cwd=ROOT, check=True)
        print(flush=True)


if __name__ == "__main__":
    main()
