"""``/shapes``: the SHACL shapes that submissions are checked against."""

from typing import Annotated

from fastapi import APIRouter, Path
from pyoxigraph import NamedNode
from starlette.responses import Response

from govkg import bundle
from govkg.api.dependencies import KnowledgeDep, PageDep, ServiceDep, WantedDep
from govkg.api.describing import operation
from govkg.api.documents import as_rdf, published
from govkg.api.knowledge import Knowledge
from govkg.api.negotiation import HTML, RDF
from govkg.api.rules import RuleShape, read_rules
from govkg.errors import NotFoundError
from govkg.forms.artefacts import ARTEFACTS, made
from govkg.ontology import TITLE, read_files
from govkg.vocabulary import SH

router = APIRouter(tags=["validation"])
_HEADER = "https://w3id.org/govkg/shapes/"
_NODE_SHAPE = NamedNode(SH + "NodeShape")


@router.get(
    "/shapes",
    **operation("getShapes", "Return all shapes", answers=dict.fromkeys((*RDF, HTML), "…")),
)
def get_shapes(known: KnowledgeDep, wanted: WantedDep, page: PageDep) -> Response:
    """Return every SHACL shape; the page lists the rules by number."""
    return published(wanted, lambda: known.shapes.triples, lambda: _page(page, known))


@router.get(
    "/shapes/{name}",
    **operation(
        "getShapesFile",
        "Return the shapes of one module",
        answers=dict.fromkeys(RDF, "…"),
        fails=(NotFoundError,),
    ),
)
def get_shapes_file(name: Annotated[str, Path(examples=["crises"])], wanted: WantedDep) -> Response:
    """Return one file of shapes; they are named like the modules of the ontology."""
    for path in bundle.shapes():
        if path.stem == name:
            return as_rdf(read_files([path]), wanted.choose(RDF))
    names = ", ".join(path.stem for path in bundle.shapes())
    raise NotFoundError(what="file of shapes", name=name, hint=f"There are: {names}.")


@router.get(
    "/shapes/{name}/{file}",
    **operation(
        "getFormFile",
        "Return a template, a schema or a context",
        answers={each.media_type: "…" for each in ARTEFACTS},
        fails=(NotFoundError,),
    ),
)
def get_form_file(
    name: Annotated[str, Path(examples=["cases"])],
    file: Annotated[str, Path(examples=["template.xlsx"])],
    service: ServiceDep,
) -> Response:
    """Return a file that is made from the shapes: to fill in, or to check and read with."""
    for each in ARTEFACTS:
        if each.file == file:
            address = f"{service.settings.base_iri}shapes/{name}/"
            headers = {"Content-Disposition": f'attachment; filename="{name}-{file}"'}
            download = headers if file.startswith("template") else None
            content = made(name, each.name, address)
            return Response(content, media_type=each.media_type, headers=download)
    names = ", ".join(each.file for each in ARTEFACTS)
    raise NotFoundError(what="file", name=file, hint=f"There are: {names}.")


def _page(page: PageDep, known: Knowledge) -> Response:
    rules: dict[str, list[RuleShape]] = {}
    for shape in read_rules(known.shapes):
        rules.setdefault(shape.rule, []).append(shape)
    files = [(path.stem, known.shapes.texts(NamedNode(f"{_HEADER}{path.stem}"), TITLE))
             for path in bundle.shapes()]  # fmt: skip
    numbered = {shape.iri for shapes in rules.values() for shape in shapes}
    nodes = [node for node in known.shapes.members(_NODE_SHAPE) if node not in numbered]
    return page.render("shapes.html", rules=sorted(rules.items()), files=files, nodes=nodes)
