"""``/dumps``: the data as files, and ``/cases.csv``, the one that most people want."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import JSONResponse, Response

from govkg import bundle
from govkg.api.dependencies import ReleaseDep, ServiceDep, WantedDep
from govkg.api.describing import operation
from govkg.api.giving import dump_of, file_of
from govkg.api.negotiation import CSV, JSON, TEXT, TURTLE
from govkg.errors import DeadlineError, NotFoundError
from govkg.publishing import cases

router = APIRouter(tags=["data"])
TSV = "text/tab-separated-values"
_EXCEL = "1 makes it safe for spreadsheet programs: no cell can run as a formula."
_EXAMPLE = {"format": "govkg-dump", "files": [{"name": "govkg.nq.gz", "bytes": 264850}]}


@router.get(
    "/dumps",
    **operation(
        "listDumps",
        "List all files",
        answers={JSON: _EXAMPLE},
        fails=(NotFoundError, DeadlineError),
    ),
)
async def list_dumps(service: ServiceDep, wanted: WantedDep, release: ReleaseDep) -> Response:
    """Return each file with its size and SHA-256, and each graph with its licence and source."""
    wanted.choose((JSON,))
    _, dump = await dump_of(service, release)
    return JSONResponse(dump.as_json())


@router.get(
    "/dumps/{name}",
    **operation(
        "getDump",
        "Return a file of the dump",
        answers={"application/gzip": "…", TURTLE: "…", JSON: {}, CSV: "…", TEXT: "…"},
        fails=(NotFoundError, DeadlineError),
    ),
)
async def get_dump(
    name: Annotated[str, Path(examples=["LICENCES.txt"])],
    service: ServiceDep,
    release: ReleaseDep,
) -> Response:
    """Return a file that holds all of a dataset; the same data gives the same bytes.

    A download that broke off can be carried on by Range.
    """
    return await file_of(service, name, release)


@router.get(
    "/cases.csv",
    **operation("getCasesTable", "Return all cases as a table", answers={CSV: "…"},
                fails=(NotFoundError, DeadlineError)),
)  # fmt: skip
async def get_cases_table(
    service: ServiceDep,
    release: ReleaseDep,
    excel: Annotated[str, Query(description=_EXCEL, examples=["1"])] = "0",
) -> Response:
    """Return every case under an open licence: codes with their labels in English and Chinese."""
    return await file_of(service, cases.NAME, release, excel=excel in ("1", "true"))


@router.get(
    "/cases.csv-metadata.json",
    **operation("getCasesTableDescription", "Describe that table in CSV on the Web",
                answers={"application/csvm+json": {}}, fails=(NotFoundError, DeadlineError)),
)  # fmt: skip
async def get_cases_table_description(service: ServiceDep, release: ReleaseDep) -> Response:
    """Return the columns with their meaning and their properties."""
    return await file_of(service, cases.METADATA, release)


@router.get(
    "/mappings.sssom.tsv",
    **operation("getMappings", "Return the mappings to other vocabularies in SSSOM",
                answers={TSV: "…"}, fails=(NotFoundError,)),
)  # fmt: skip
def get_mappings(service: ServiceDep) -> Response:
    """Return each confirmed mapping with its kind, confidence and source.

    The same mappings are in the graph as SKOS; none is owl:sameAs. See https://w3id.org/sssom/.
    """
    if not service.settings.bundle:
        hint = "Start with GOVKG_BUNDLE=true."
        raise NotFoundError(what="set of mappings", name="bundle", hint=hint)
    return Response(bundle.mappings().read_bytes(), media_type=TSV)
