"""``/problems/{code}``: what each kind of error means."""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.responses import JSONResponse, Response

from govkg.api.dependencies import PageDep, WantedDep
from govkg.api.describing import operation
from govkg.api.negotiation import HTML, JSON
from govkg.api.problems import KINDS, status_of
from govkg.errors import GovkgError, NotFoundError

router = APIRouter(tags=["about"])


@router.get(
    "/problems",
    **operation(
        "listProblems",
        "List every kind of error",
        answers={JSON: [{"code": "deadline"}], HTML: "…"},
    ),
)
def list_problems(wanted: WantedDep, page: PageDep) -> Response:
    """Return every code that a problem document can have, with its status and title."""
    if wanted.choose((JSON, HTML)) == JSON:
        return JSONResponse([_told(kind) for kind in KINDS.values()])
    return page.render("problems.html", kinds=list(KINDS.values()), status_of=status_of)


@router.get(
    "/problems/{code}",
    **operation(
        "describeProblem",
        "Describe one kind of error",
        answers={JSON: {"code": "deadline", "status": 503}, HTML: "…"},
        fails=(NotFoundError,),
    ),
)
def describe_problem(
    code: Annotated[str, Path(examples=["deadline"])], wanted: WantedDep, page: PageDep
) -> Response:
    """Return what a problem document with this code says, and when."""
    if code not in KINDS:
        raise NotFoundError(what="problem", name=code, hint="All are listed under /problems.")
    if wanted.choose((JSON, HTML)) == JSON:
        return JSONResponse(_told(KINDS[code]))
    return page.render("problems.html", kinds=[KINDS[code]], status_of=status_of)


def _told(kind: type[GovkgError]) -> dict[str, Any]:
    return {
        "code": kind.code,
        "status": status_of(kind),
        "title": kind.title,
        "message": kind.message,
        "meaning": meaning(kind),
    }


def meaning(kind: type[GovkgError]) -> str:
    """Return the sentence that the code says of an error, with the facts it carries."""
    return " ".join((kind.__doc__ or "").split())
