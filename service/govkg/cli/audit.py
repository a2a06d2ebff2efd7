"""``govkg audit``: the audit log in the data folder."""

from functools import partial
from typing import Annotated

import typer

from govkg.cases.projecting import journal_file
from govkg.cli.console import AsJson, print_json
from govkg.errors import NotFoundError
from govkg.journal import Journal
from govkg.settings import load_settings

EXAMPLE = "govkg audit --limit 20"


def audit(
    limit: Annotated[int, typer.Option(min=1, help="How many entries, the last ones.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Say who changed what, or tried to, and when; also while the service runs."""
    settings = load_settings()
    path = journal_file(settings)
    if not path.exists():
        hint = "GOVKG_DATA_DIR names the folder in which it is looked for."
        raise NotFoundError(what="journal", name=str(path), hint=hint)
    journal = Journal(partial(journal_file, settings))
    entries = journal.audit(limit=limit)
    journal.close()
    if as_json:
        print_json(entries)
        return
    for e in reversed(entries):
        typer.echo(f"{e['at']}  {e['name']}  {e['action']}  {e['target']}  {e['outcome']}")
