"""``govkg template``: files that are made from the shapes, to fill in or to check with."""

from pathlib import Path
from typing import Annotated

import typer

from govkg.cli.console import chosen, save
from govkg.forms.artefacts import BY_NAME, made

EXAMPLE = "govkg template --format xlsx -o cases.xlsx"

Output = Annotated[Path | None, typer.Option("--output", "-o", help="The file to write.")]


def template(format: str = "xlsx", output: Output = None, form: str = "cases") -> None:
    """Write a template to fill in, or the schema, context or metadata that go with it.

    --format is one of xlsx, csv, csvw, json, json-schema, context.
    """
    name = chosen("--format", format, BY_NAME)
    data = made(form, name, f"https://w3id.org/govkg/shapes/{form}/")
    target = output or (Path(f"{form}-template.xlsx") if name == "xlsx" else None)
    if target is None:
        typer.echo(data.decode(), nl=False)
        return
    save(target, data)
    typer.echo(f"wrote {target}", err=True)
