"""Queries with SERVICE: a worker says whom they call, this process calls, a worker answers.

No worker is held while other endpoints are waited for.
"""

import asyncio
from typing import Any, Final

from starlette.requests import Request

from govkg.api.knowledge import Service, Watch
from govkg.endpoints import Reply
from govkg.errors import GovkgError
from govkg.store.scanning import calls_out

Header = dict[str, Any]
_NOTHING: Final = {"media_type": None, "size": 0}


def is_federated(service: Service, text: str) -> bool:
    """Say whether a query may call other endpoints, and does."""
    return bool(service.endpoints.open) and calls_out(text)


async def answer(
    request: Request, service: Service, text: str, header: Header, seconds: float
) -> tuple[Header, bytes]:
    """Answer such a query; all is stopped when the client leaves.

    ``header`` is that of ``store.Query``. A client that asks for less than the usual time gets it
    for the calls too. Raises what ``Endpoints.ask`` and the jobs “calls” and “federated” raise.
    """
    with Watch(request):
        return await _answer(service, text.encode(), header, seconds)


async def _answer(
    service: Service, text: bytes, header: Header, seconds: float
) -> tuple[Header, bytes]:
    workers, settings = service.workers(), service.settings
    asked = {"query": header, "most": settings.service_calls}
    planned, _ = await workers.run("calls", asked, text, seconds=seconds)
    hurry = seconds if seconds < settings.query_seconds else None
    replies = await _called(service, planned["calls"], hurry)
    about = [
        {"media_type": reply.media_type, "size": len(reply.body)} if reply else _NOTHING
        for reply in replies
    ]
    body = b"".join((text, *(reply.body for reply in replies if reply)))
    asked = {"query": header, "replies": about}
    return await workers.run("federated", asked, body, seconds=seconds)


async def _called(
    service: Service, calls: list[Header], seconds: float | None
) -> list[Reply | None]:
    """Make all calls at once, if all may be made; the first that fails ends the others."""
    for call in calls:
        if not call["silent"]:
            service.endpoints.require(call["endpoint"])
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_call(service, call, seconds)) for call in calls]
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return [task.result() for task in tasks]


async def _call(service: Service, call: Header, seconds: float | None) -> Reply | None:
    """Make one call; without an answer SILENT gives nothing, and all else the error."""
    try:
        return await service.endpoints.ask(call["endpoint"], call["query"], seconds)
    except GovkgError:
        if call["silent"]:
            return None
        raise
