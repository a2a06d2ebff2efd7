"""``/registers``: the registers of jurisdictions in the store, and the places in each."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import JSONResponse, Response

from govkg.api.dependencies import KnowledgeDep, PageDep, WantedDep
from govkg.api.describing import operation
from govkg.api.negotiation import HTML, JSON
from govkg.errors import NotFoundError

router = APIRouter(tags=["registers"])
_ONE = {"id": "cn-areacodes", "version": "2024", "units": 6823, "licence": "https://…"}
PageNumber = Annotated[int, Query(ge=0, description="How many places to leave out first.")]


@router.get(
    "/registers",
    **operation(
        "listRegisters", "List the registers of jurisdictions", answers={JSON: [_ONE], HTML: "…"}
    ),
)
def list_registers(known: KnowledgeDep, wanted: WantedDep, page: PageDep) -> Response:
    """Return each register with its source, licence, version and size."""
    registers = known.registry.registers()
    if wanted.choose((JSON, HTML)) == JSON:
        return JSONResponse([register.as_json() for register in registers])
    return page.render("registers.html", registers=registers)


@router.get(
    "/registers/{register_id}",
    **operation(
        "getRegister",
        "Describe a register and list its places",
        answers={JSON: _ONE | {"places": []}, HTML: "…"},
        fails=(NotFoundError,),
    ),
)
def get_register(
    register_id: Annotated[str, Path(examples=["cn-areacodes"])],
    known: KnowledgeDep,
    wanted: WantedDep,
    page: PageDep,
    offset: PageNumber = 0,
    limit: Annotated[int, Query(ge=1, le=1000, description="The most places to return.")] = 100,
) -> Response:
    """Return a register and some of its places, in the order of their keys."""
    register = known.registry.register(register_id)
    units = known.registry.units(register_id)[offset : offset + limit]
    if wanted.choose((JSON, HTML)) == JSON:
        places = [unit.as_json() for unit in units]
        return JSONResponse(register.as_json() | {"offset": offset, "places": places})
    return page.render("register.html", register=register, units=units, offset=offset, limit=limit)
