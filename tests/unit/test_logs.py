"""The log is one JSON object per line, whatever happens."""

import json
import logging
import subprocess
import sys
from datetime import datetime, timedelta
from typing import Any

import pytest

from govkg import logs


def run(code: str) -> list[dict[str, Any]]:
    """Run a program whose log is no terminal, and return the lines of its log."""
    done = subprocess.run(
        [sys.executable, "-c", f"import logging; from govkg import logs\n{code}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return [json.loads(line) for line in done.stderr.splitlines()]


def record(**more: Any) -> dict[str, Any]:
    """Return what a message becomes."""
    made = logging.makeLogRecord(
        {"name": "govkg.test", "levelno": 20, "levelname": "INFO", "msg": "hello\nworld"} | more
    )
    line = logs.JsonFormatter().format(made)
    assert "\n" not in line
    found: dict[str, Any] = json.loads(line)
    return found


def test_a_message() -> None:
    """A message has its time in UTC by RFC 3339, its level, its logger and its text."""
    found = record()

    assert found["time"].endswith("Z")
    assert datetime.fromisoformat(found["time"]).utcoffset() == timedelta(0)
    assert (found["level"], found["logger"], found["event"]) == (
        "info",
        "govkg.test",
        "hello\nworld",
    )


def test_fields_stand_for_the_message() -> None:
    """A message with an event and fields has these in the place of its text."""
    found = record(event="request", fields={"status": 200})

    assert (found["event"], found["status"]) == ("request", 200)


def test_a_traceback_is_part_of_its_line() -> None:
    """An exception that is logged is a member of the object."""
    try:
        raise ValueError("oops")  # noqa: TRY301 # it is what the test is about
    except ValueError:
        found = record(exc_info=sys.exc_info())

    assert "Traceback" in found["exception"]
    assert "ValueError: oops" in found["exception"]


def test_no_terminal_means_json() -> None:
    """By default the log is JSON where nobody looks, for other libraries too."""
    lines = run("logs.configure('auto', 'info'); logging.getLogger('uvicorn.error').info('up')")

    assert [(line["logger"], line["event"]) for line in lines] == [("uvicorn.error", "up")]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("import threading; threading.Thread(target=lambda: 1 / 0).start()", "ZeroDivisionError"),
        ("import warnings; warnings.warn('old')", "UserWarning: old"),
    ],
)
def test_what_nobody_caught_is_a_line(code: str, words: str) -> None:
    """Exceptions that nobody caught, and warnings, are JSON too."""
    lines = run(f"logs.configure('json')\n{code}")

    assert len(lines) == 1
    assert words in lines[0].get("exception", lines[0]["event"])


def test_plain_is_for_people() -> None:
    """Plain lines can be asked for."""
    code = "from govkg import logs, errors; import logging; logs.configure('plain', 'info')"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; logging.info('hello')"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert done.stderr.endswith(" INFO root hello\n")
