"""``/resolve``: which jurisdiction a name or a code meant at a date."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import JSONResponse, Response

from govkg.api.dependencies import KnowledgeDep, PageDep, WantedDep
from govkg.api.describing import operation
from govkg.api.negotiation import HTML, JSON
from govkg.errors import ParameterError
from govkg.registers.unit import Moment

router = APIRouter(tags=["registers"])
_EXAMPLE = {"candidates": [{"id": "cn-420600-1981", "score": 100.0, "match": True}]}
Text = Annotated[str, Query(max_length=200)]


@dataclass(frozen=True)
class Asked:
    """What is known of a place."""

    name: Annotated[Text, Query(description="Any name of it.", examples=["襄樊市"])] = ""
    code: Annotated[Text, Query(description="A code of it.", examples=["420600"])] = ""
    date: Annotated[Text, Query(description="A year, month or day.", examples=["2008"])] = ""
    country: Annotated[Text, Query(description="Two letters.", examples=["CN"])] = ""
    limit: Annotated[int, Query(ge=1, le=100, description="The most candidates.")] = 10


AskedDep = Annotated[Asked, Depends()]


@router.get(
    "/resolve",
    **operation(
        "resolve",
        "Say which jurisdiction a name or code meant at a date",
        answers={JSON: _EXAMPLE, HTML: "…"},
    ),
)
def resolve(known: KnowledgeDep, wanted: WantedDep, page: PageDep, asked: AskedDep) -> Response:
    """Return who may be meant, the best first; ``match`` says that nothing else can be meant."""
    media = wanted.choose((JSON, HTML))
    if media == JSON and not asked.name and not asked.code:
        raise ParameterError(
            name="name", reason="it is missing, as is code", remedy="Give one of them, or both."
        )
    resolver = known.registry.resolver
    found = resolver.resolve(
        asked.name,
        moment_of(asked.date),
        code=asked.code,
        country=asked.country.upper(),
        limit=asked.limit,
    )
    if media == JSON:
        return JSONResponse(vars(asked) | {"candidates": [each.as_json() for each in found]})
    return page.render("resolve.html", found=found, resolver=resolver)


def moment_of(text: str) -> Moment | None:
    """Return a date as a parameter gives it; raises ParameterError for what is none."""
    try:
        return Moment(text) if text else None
    except ValueError as error:
        remedy = "Write 2008, 2008-05 or 2008-05-12."
        raise ParameterError(name="date", reason=str(error), remedy=remedy) from error
