"""A full disk: refused clearly, nothing damaged, and all is well when there is room again."""

import subprocess
import sys
from pathlib import Path

import pytest

from govkg.journal import FILE, Journal, examine

SCRIPT = """
import resource, sys
from pathlib import Path
from govkg.errors import StorageFullError
from govkg.journal import FILE, Incoming, Journal, Note, Sent

folder, room = Path(sys.argv[1]), int(sys.argv[2])
journal = Journal(lambda: folder / FILE)
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]

def hand_in(number):
    sent = Sent(b"%d" % number * 3000, "turtle", "text/turtle")
    case = Incoming(f"c{number}", f"urn:{number}", "", b"")
    journal.hand_in(sent, [case], Note("1", "lab"), conforms=True)
    print(number, flush=True)

resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
refused = 0
for number in range(100, 200):
    try:
        hand_in(number)
    except StorageFullError:
        refused += 1
print("refused", refused)
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
hand_in(200)
"""


@pytest.mark.parametrize("room", [100_000, 200_000, 301_000])
def test_a_full_disk_is_refused_and_harms_nothing(tmp_path: Path, room: int) -> None:
    """What was acknowledged is there, what was refused is not, and then it goes on."""
    command = [sys.executable, "-c", SCRIPT, str(tmp_path), str(room)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr

    lines = done.stdout.split("\n")[:-1]
    refused = next(int(line.split()[1]) for line in lines if line.startswith("refused"))
    kept = {f"c{line}" for line in lines if line.isdigit()}
    journal = Journal(lambda: tmp_path / FILE)

    assert refused > 0
    assert {record.case_id for record in journal.records()} == kept
    assert "c200" in kept
    journal.close()
    examine(tmp_path / FILE)
