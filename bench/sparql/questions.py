"""The forty competency questions: which servers answer them, and with how many results."""

import json
from dataclasses import dataclass
from functools import partial

from bench.sparql.load import JSON, address, get
from bench.sparql.servers import Server
from pyoxigraph import RdfFormat, parse

from govkg import bundle

PATIENCE = 6  # seconds; a question that takes a server longer is not compared


@dataclass(frozen=True)
class Question:
    """A query with a name."""

    name: str
    text: str
    accept: str = JSON


def questions() -> list[Question]:
    """Return all competency questions."""
    return [Question(path.stem, path.read_text()) for path in bundle.example_queries()]


def try_all(
    servers: list[Server], asked: list[Question], *, silent: bool = False
) -> list[Question]:
    """Ask each server each question once, and print a table of the times.

    Return those that all answer with as many results.
    """
    agreed = []
    tell = (lambda _: None) if silent else partial(print, flush=True)
    tell("| question | " + " | ".join(f"{each.name}, ms (results)" for each in servers) + " |")
    tell("|---|" + "---|" * len(servers))
    for question in asked:
        seen = [_ask(server, question) for server in servers]
        cells = [f"{took * 1000:.0f} ({size})" for size, took in seen]
        tell(f"| {question.name[:60]} | {' | '.join(cells)} |")
        if len({size for size, _ in seen}) == 1 and isinstance(seen[0][0], int):
            agreed.append(question)
    return agreed


def _ask(server: Server, question: Question) -> tuple[int | str, float]:
    """Return the number of results, or what went wrong, and the seconds."""
    try:
        path = address(server.path, question.text)
        status, body, took = get(server.port, path, question.accept, PATIENCE)
    except OSError as error:
        server.restart()
        return type(error).__name__, float(PATIENCE)
    if status != 200:
        return f"status {status}", took
    return _size(body, question.accept), took


def _size(body: bytes, accept: str) -> int | str:
    if accept != JSON:
        return len(set(parse(body, RdfFormat.TURTLE)))
    try:
        found = json.loads(body)
    except ValueError:
        return "no JSON"
    return int(found["boolean"]) if "boolean" in found else len(found["results"]["bindings"])
