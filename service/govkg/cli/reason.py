"""``govkg reason``: what follows from any ontology and data, and what in them clashes."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Final

import typer
from pyoxigraph import NamedNode, RdfFormat, Triple, serialize

from govkg.cli.console import (
    AT_FAULT,
    OK,
    Files,
    Lang,
    chosen,
    content,
    language_of,
    progress,
)
from govkg.errors import Language, NotFoundError
from govkg.rdf import format_of_file, read, shorten
from govkg.reasoning import PROFILES, RULES, Closure, Contradiction, Profile
from govkg.vocabulary import PREFIXES

EXAMPLE = "govkg reason ontology.ttl data.ttl -o closed.nt"
_EVERY: Final = 20_000
"""After so many triples the line of progress is written again."""
_WITH_PREFIXES: Final = {RdfFormat.TURTLE, RdfFormat.TRIG}
_MOST: Final = 100
"""So many contradictions are told in full."""
_WORDS: Final[dict[str, dict[Language, str]]] = {
    "clash": {"en": "contradiction", "zh": "矛盾"},
    "more": {"en": "further contradictions", "zh": "其余矛盾"},
}


def reason(
    files: Files,
    profile: Annotated[str, typer.Option(help="The rules: rl or rdfs.")] = "rl",
    out: Annotated[
        Path | None, typer.Option("-o", "--output", help="The file to write, by its ending.")
    ] = None,
    inferred: Annotated[
        bool, typer.Option("--inferred", help="Write only what was not given.")
    ] = False,
    lang: Lang = "en",
) -> None:
    """Write what files hold together with all that follows from it.

    The result is Turtle on standard output, or in the format that the ending of --output names.
    Contradictions are told on standard error, each with its rule and the facts and axioms that
    clash, and the exit code is then 1.
    """
    language = language_of(lang)
    rules: Profile = "rdfs" if chosen("--profile", profile, PROFILES) == "rdfs" else "rl"
    syntax = format_of_file(out.name).syntax if out else RdfFormat.TURTLE
    closure = Closure(_told(_triples(files)), profile=rules)
    progress("")
    held = closure.entailed()
    triples = (t for t in held if not inferred or not closure.is_asserted(t))
    _write(sorted(triples, key=str) if syntax in _WITH_PREFIXES else triples, syntax, out)
    clashes = closure.contradictions()
    for line in _told_clashes(clashes, language):
        typer.echo(line, err=True)
    raise typer.Exit(AT_FAULT if clashes else OK)


def _triples(files: list[Path]) -> Iterator[Triple]:
    """Yield the triples of all files; blank nodes of different files are different."""
    for path in files:
        base = path.absolute().as_uri()
        for quad in read(content(path), format_of_file(path.name), base=base):
            yield quad.triple


def _told(triples: Iterator[Triple]) -> Iterator[Triple]:
    """Hand triples on, telling now and then how many there were."""
    for number, triple in enumerate(triples):
        if number % _EVERY == 0:
            progress(f"reading and deriving: {number} triples")
        yield triple
    progress("deriving")


def _write(triples: Iterable[Triple], syntax: RdfFormat, out: Path | None) -> None:
    """Write triples to a file or to standard output; raises NotFoundError if that cannot be."""
    data = serialize(triples, format=syntax, prefixes=_prefixes(triples)) or b""
    if out is None:
        typer.echo(data, nl=False)
        return
    try:
        out.write_bytes(data)
    except OSError as error:
        raise NotFoundError(what="file", name=str(out), hint=str(error.strerror)) from error


def _prefixes(triples: Iterable[Triple]) -> dict[str, str] | None:
    """Return those of our prefixes that some triples use, if they can be gone through twice."""
    if not isinstance(triples, list):
        return None
    used = {
        term.value.rpartition("#" if "#" in term.value else "/")[0]
        for triple in triples
        for term in (triple.subject, triple.predicate, triple.object)
        if isinstance(term, NamedNode)
    }
    return {name: iri for name, iri in PREFIXES.items() if iri[:-1] in used}


def _told_clashes(clashes: list[Contradiction], language: Language) -> Iterator[str]:
    """Yield the lines that tell contradictions: rule and meaning, then what clashes."""
    for clash in clashes[:_MOST]:
        meaning = RULES[clash.rule].meaning[language]
        yield f"govkg: {_WORDS['clash'][language]} [{clash.rule}] {meaning}"
        for premise in clash.premises:
            parts = (premise.subject, premise.predicate, premise.object)
            yield "  " + " ".join(
                shorten(part.value) if isinstance(part, NamedNode) else str(part) for part in parts
            )
    if len(clashes) > _MOST:
        yield f"govkg: {_WORDS['more'][language]}: {len(clashes) - _MOST}"
