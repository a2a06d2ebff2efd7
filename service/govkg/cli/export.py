"""``govkg export``: one form of the data as one file."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from govkg.cli.console import chosen, progress, stored_graph
from govkg.errors import NotFoundError
from govkg.publishing import Stock, write_dump
from govkg.publishing.cases import NAME
from govkg.publishing.exchange import FORMS
from govkg.settings import load_settings

EXAMPLE = "govkg export --format popolo -o popolo.json"
_FILES = {
    "csv": NAME, "nq": "govkg.nq.gz", "ttl": "govkg.ttl", "jsonld": "govkg.jsonld",
    **{form: name for form, (name, _, _) in FORMS.items()},
}  # fmt: skip


def export(
    form: Annotated[str, typer.Option("--format", help=f"One of: {', '.join(_FILES)}.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The file to write.")],
    include_restricted: Annotated[
        bool, typer.Option(help="Take in data that is under no open licence.")
    ] = False,
) -> None:
    """Write the open data in one form to one file, which is replaced if it is there.

    Popolo has places and governments, GeoJSON the places that have coordinates, GraphML who adopted
    from whom, cpov the governments as public organisations in CPOV and ORG.
    """
    name, settings = _FILES[chosen("--format", form, _FILES)], load_settings()
    kg = stored_graph(settings)
    stock = Stock(kg.quads, settings.base_iri, settings.data_licence)
    with TemporaryDirectory() as folder:
        dump = write_dump(
            stock, Path(folder) / "dump", formats=[form], restricted=include_restricted,
            bundled=False,
        )  # fmt: skip
        progress("")
        file = dump.file(name)
        if file is None:
            raise NotFoundError(what="case to export in", name=form, hint="Add some first.")
        output.write_bytes((Path(folder) / "dump" / name).read_bytes())
    typer.echo(f"{output}: {file.bytes:,} bytes; licences: {' '.join(dump.licences())}")
    for graph in dump.left_out:
        typer.echo(f"left out, no open licence: {graph or 'the unnamed graph'}", err=True)
