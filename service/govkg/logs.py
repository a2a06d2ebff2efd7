"""The log on standard error: lines for people, or one JSON object per line for machines.

A message may carry ``extra={"event": …, "fields": {…}}``. In JSON its event and fields stand for
the message; people read the message.
"""

import json
import logging
import sys
import threading
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Literal

Form = Literal["auto", "plain", "json"]
PLAIN: Final = "%(asctime)s %(levelname)s %(name)s %(message)s"

_encoded = json.JSONEncoder(ensure_ascii=False, default=str).encode
_log = logging.getLogger("govkg")


def configure(form: Form, level: str = "warning") -> None:
    """Send all messages of this process to standard error, in one form.

    ``auto`` is plain on a terminal and JSON otherwise. In JSON, warnings and exceptions that nobody
    caught are lines of the log too.
    """
    as_json = form == "json" or (form == "auto" and not sys.stderr.isatty())
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if as_json else logging.Formatter(PLAIN))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    if as_json:
        logging.captureWarnings(capture=True)
        sys.excepthook = _uncaught
        threading.excepthook = _uncaught_in_thread


def form() -> Literal["plain", "json"]:
    """Return the form that was configured, to tell it to another process."""
    formatters = (handler.formatter for handler in logging.getLogger().handlers)
    return "json" if any(isinstance(each, JsonFormatter) for each in formatters) else "plain"


class JsonFormatter(logging.Formatter):
    """Makes of each message one line: a JSON object with time, level, logger and event."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        time = datetime.fromtimestamp(record.created, UTC)
        values = {
            "time": time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),  # RFC 3339
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": getattr(record, "event", None) or record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            values["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            values["stack"] = record.stack_info
        return _encoded(values)


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Log what ends the process; leaving by Ctrl-C is no fault."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        _log.critical("an exception was not caught", exc_info=(kind, error, trace))


def _uncaught_in_thread(found: threading.ExceptHookArgs) -> None:
    """Log what ended a thread."""
    error = found.exc_value or found.exc_type()
    _log.critical(
        "an exception was not caught in a thread",
        exc_info=(found.exc_type, error, found.exc_traceback),
    )
