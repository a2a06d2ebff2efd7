"""``govkg whatif``: what some facts more or less would change for a case."""

from pathlib import Path
from typing import Annotated, Any

import typer

from govkg import bundle
from govkg.cases import asking
from govkg.cli import console
from govkg.cli.console import AsJson, Lang, language_of, print_json, submission
from govkg.errors import Language, NotFoundError
from govkg.reasoning.telling import grade

EXAMPLE = "govkg whatif naga-city --remove facts.ttl"
_WORDS: dict[str, dict[Language, str]] = {
    "gained": {"en": "Gained:", "zh": "新增结论："},
    "lost": {"en": "Lost:", "zh": "失去结论："},
    "notFound": {"en": "Not in the case, so not removed:", "zh": "案例中没有，故未移除："},
    "uses": {"en": "uses:", "zh": "用到："},
    "needed": {"en": "needed:", "zh": "曾依据："},
    "none": {"en": "Nothing would change.", "zh": "结论不变。"},
}
_File = Annotated[list[Path] | None, typer.Option(help="An RDF file of facts; may be repeated.")]


def whatif(
    case: Annotated[str, typer.Argument(help="An RDF file, or the id of a bundled case.")],
    add: _File = None,
    remove: _File = None,
    lang: Lang = "en",
    as_json: AsJson = False,
) -> None:
    """Tell which conclusions a case would gain and lose if facts were added and removed.

    In Turtle our prefixes are declared, and “:” names the parts of the case.
    """
    checker = console.checker()
    triples = submission(checker, _path(case)).triples
    name = asking.name_of(triples, "https://w3id.org/govkg/case/submitted")
    added, removed = (
        [t for path in paths or () for t in console.facts(checker, path, name)]
        for paths in (add, remove)
    )
    found = checker.hypotheses.what_if(triples, added, removed)
    if as_json:
        print_json(found)
    else:
        typer.echo("\n".join(_lines(found, language_of(lang))))


def _path(case: str) -> Path:
    """Return the file of a case, given as a file or as the id of a bundled case."""
    if Path(case).exists():
        return Path(case)
    for path in bundle.example_cases():
        if path.stem == case:
            return path
    raise NotFoundError(what="case", name=case, hint="Give a file, or the id of a bundled case.")


def _lines(found: dict[str, Any], language: Language) -> list[str]:
    lines: list[str] = []
    for key, facts in (("gained", "uses"), ("lost", "needed")):
        lines += [_WORDS[key][language]] if found[key] else []
        for each in found[key]:
            lines.append(f"- {each['text'][language]}  [{grade(each['status'], language)}]")
            lines += [f"    {_WORDS[facts][language]} {f['text'][language]}" for f in each[facts]]
    lines += [_WORDS["notFound"][language]] if found["notFound"] else []
    lines += [f"- {each['text'][language]}" for each in found["notFound"]]
    return lines if found["gained"] or found["lost"] else [*lines, _WORDS["none"][language]]
