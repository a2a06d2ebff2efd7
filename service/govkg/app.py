"""The application: the only file that knows all parts of the service."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from govkg import __version__
from govkg.api import (
    agent,
    annotate,
    audit,
    case,
    case_history,
    case_records,
    cases,
    catalog,
    cite,
    compare,
    concept,
    consistency,
    contexts,
    data,
    diagnose,
    diffusion,
    docs,
    dumps,
    explain,
    explore,
    graph,
    healthz,
    home,
    limits,
    metrics,
    ontology,
    place,
    prefixes,
    problem_pages,
    problems,
    query,
    readyz,
    reconcile,
    registers,
    releases,
    resolve,
    review,
    rules,
    scheme,
    search,
    shapes,
    sign_in,
    sparql,
    submit,
    validate,
    version,
    well_known,
    whatif,
)
from govkg.api.auditing import Auditing
from govkg.api.describing import ABOUT, openapi
from govkg.api.direct import Direct
from govkg.api.gauges import Gauges
from govkg.api.knowledge import Service
from govkg.api.limiting import Limiting
from govkg.api.middleware import Envelope, Finishing
from govkg.api.remembering import Remembering
from govkg.errors import GovkgError
from govkg.generations import Generations
from govkg.settings import Settings, load_settings

ROUTES = (
    home, query, sparql, search, concept, scheme, ontology, cases, compare, explore, case_records,
    case_history, review, case, cite, place, agent, registers, resolve, reconcile, graph, data,
    catalog, dumps, releases, submit, sign_in, audit, validate, diagnose, annotate, whatif,
    consistency, diffusion, shapes, rules, contexts,
    explain, problem_pages, prefixes, limits, version, well_known, healthz, readyz, metrics, docs,
)  # fmt: skip
"""Every file of routes, in the order of the API description."""

_log = logging.getLogger("govkg.app")


def create_app(settings: Settings | None = None) -> FastAPI:
    """Make the application; it loads in the background once it is started."""
    settings = settings or load_settings()
    app = FastAPI(
        title="govkg",
        version=__version__,
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        redirect_slashes=False,
        middleware=[
            Middleware(Envelope, on_crash=problems.internal),
            Middleware(Limiting, settings=settings),
            Middleware(Auditing),
            Middleware(Remembering),
            Middleware(Finishing),
            Middleware(Direct),
        ],
    )
    service = app.state.service = Service(settings, _routes())
    if service.metrics:
        service.metrics.registry.register(Gauges(service))
    for module in ROUTES:
        app.router.routes.extend(module.router.routes)
    static = StaticFiles(directory=Path(__file__).parent / "static")
    app.router.routes.append(Mount("/static", static))
    app.openapi = partial(openapi, app)  # type: ignore[method-assign]
    problems.install(app)
    return app


def _routes() -> list[APIRoute]:
    """Return every route."""
    found = (route for module in ROUTES for route in module.router.routes)
    return [route for route in found if isinstance(route, APIRoute)]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Load while the service already answers /healthz, and end the workers at the end."""
    service: Service = app.state.service
    generations = Generations(service)
    loading = asyncio.create_task(_load(service, generations))
    try:
        yield
    finally:
        loading.cancel()
        service.deep.end()
        await asyncio.gather(loading, return_exceptions=True)
        await generations.close()


async def _load(service: Service, generations: Generations) -> None:
    """Load everything and start the workers; on failure the service stays up and says why."""
    try:
        await generations.start()
        _log.info("ready: %s quads", len(service.known().kg.store))
    except GovkgError as error:
        service.reason = error.text("en")
        _log.exception("the service cannot be loaded")
    except Exception:  # noqa: BLE001 # the outermost edge of a task
        service.reason = "loading failed; the log says why"
        _log.exception("the service cannot be loaded")
