"""Pages: Jinja templates with names, links and words in the reader's language."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from govkg import __version__
from govkg.api import callers
from govkg.api.knowledge import address_of, service_of
from govkg.api.languages import language_of, strings, words
from govkg.api.links import has_releases, href, with_query
from govkg.cases.names import Names
from govkg.errors import Language
from govkg.ontology import Texts
from govkg.publishing.references import STYLES, of_release
from govkg.publishing.releases import Release
from govkg.rdf import Node, shorten

_TEMPLATES = Path(__file__).parents[1] / "templates"
OTHER: Mapping[Language, Language] = {"en": "zh", "zh": "en"}


@cache
def _environment() -> Environment:
    """Return the templates; everything is escaped, and a missing variable is an error."""
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


class Page:
    """One page for one reader: what templates can call as ``page``."""

    def __init__(self, request: Request, language: Language | None = None) -> None:
        """Take the language from the request if it is not given."""
        self.request = request
        self.language: Language = language or language_of(request)
        self._service = service_of(request)
        self._kept = {"lang": self.language} if "lang" in request.query_params else {}
        self.version = __version__
        self.signed_in = callers.COOKIE in request.cookies
        self._own: Names | None = None
        self._here: frozenset[Node] = frozenset()

    def tell_of(self, triples: Collection[Triple]) -> None:
        """Take names from a document of which the graph need not know, and link within it."""
        self._own = Names(triples, self._service.known().kg.ontology)
        self._here = frozenset(triple.subject for triple in triples)

    def render(
        self,
        template: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **context: Any,
    ) -> Response:
        """Return the page as a response."""
        html = _environment().get_template(template).render(page=self, t=self.t, **context)
        told: dict[str, str] = {"Content-Language": self.language}
        if self.signed_in:
            told["Cache-Control"] = "private, no-cache"
        return HTMLResponse(html, status, told | dict(headers or {}))

    def fragment(self, template: str, **context: Any) -> Markup:
        """Return a piece of HTML, to be put into something else."""
        html = _environment().get_template(template).render(page=self, t=self.t, **context)
        return Markup(html)  # noqa: S704 # the template escapes what it is given

    def t(self, key: str, **facts: object) -> str:
        """Return a text in the reader's language."""
        return words(key, self.language, **facts)

    def link(self, path: str, **parameters: str) -> str:
        """Return an address on this server, in the language and of the release that is read."""
        return with_query(path, self._released(path) | parameters | self._kept)

    def in_other(self, path: str) -> str:
        """Return an address on this server in the language that the reader has not chosen."""
        return with_query(path, {"lang": OTHER[self.language]})

    def list(self, path: str, query: Sequence[tuple[str, str]], **more: str) -> str:
        """Return the address of a list with what was chosen of it, in the reader's language."""
        more = self._released(path) | more | self._kept
        return f"{path}?{urlencode([*query, *more.items()])}".rstrip("?")

    def _released(self, path: str) -> dict[str, str]:
        """Return the parameter that keeps a reader within the release, where the address has it."""
        return {"release": self.release.version} if self.release and has_releases(path) else {}

    @property
    def release(self) -> Release | None:
        """Return the release that the page shows, or None for the data as it is now."""
        found: Release | None = getattr(self.request.state, "release", None)
        return found

    @property
    def citations(self) -> dict[str, str]:
        """Return how to cite this page of a release, by the name of the style."""
        if self.release is None:
            return {}
        found = of_release(self.release, self.permanent, self.request.scope["path"].strip("/"))
        return {style: write(found) for style, (_, _, write) in STYLES.items()}

    @property
    def permanent(self) -> str:
        """Return the address at which this page of a release can always be seen."""
        raw = self.request.scope["query_string"].decode("latin-1")
        pairs = [(key, value) for key, value in parse_qsl(raw) if key != "lang"]
        return f"{address_of(self.request)}{quote(self.request.scope['path'])}?{urlencode(pairs)}"

    @property
    def present(self) -> str:
        """Return the address of this page as the data is now."""
        return self.here(release="")

    def here(self, **changes: str) -> str:
        """Return the address of this page with some parameters changed."""
        raw = self.request.scope["query_string"].decode("latin-1")
        given = parse_qsl(raw, keep_blank_values=True)
        pairs = [pair for pair in given if pair[0] not in changes] + list(changes.items())
        return f"{self.request.scope['path']}{'?' if pairs else ''}{urlencode(pairs)}"

    @property
    def back(self) -> str:
        """Return the address of this page as it can be opened again, for a link that returns."""
        return self.here() if self.request.method in ("GET", "HEAD") else ""

    def href(self, iri: str) -> str | None:
        """Return what to link an IRI to, or None."""
        found = href(iri, self._service.settings.base_iri)
        return self.link(found) if found and found.startswith("/") else found

    def text(self, texts: Texts, fallback: str = "") -> Markup:
        """Return the reader's choice of some texts, marked if it is in another language."""
        for language in (self.language, "en", *texts):
            if texts.get(language):
                return self.marked(texts[language], language)
        return escape(fallback)

    def marked(self, text: str, language: str) -> Markup:
        """Return a text, marked with its language if that is not the page's."""
        if not language or language == self.language:
            return escape(text)
        return Markup('<span lang="{}">{}</span>').format(language, text)

    def name(self, node: Node) -> Markup:
        """Return a node's label in the reader's language, or a short form of the node itself."""
        if isinstance(node, Literal):
            return self.marked(node.value, node.language or "")
        known = getattr(self.request.state, "held", None) or self._service.knowledge
        texts = self._own.all(node) if self._own else {}
        texts = texts or (known.kg.name.all(node) if known else {})
        if not texts and isinstance(node, NamedNode):
            short = shorten(node.value)
            return self.text(strings().get(f"terms.{short}", {}), short.strip("<>"))  # type: ignore[arg-type]
        if isinstance(node, BlankNode) and known:
            return escape(known.kg.ontology.label(node, self.language))
        return self.text(texts, str(node))

    def other_name(self, texts: Texts) -> Markup:
        """Return the text in the language that is not the reader's, if there is one of each."""
        other = OTHER[self.language]
        both = self.language in texts and other in texts
        return self.marked(texts[other], other) if both else Markup("")

    def ref(self, node: Node) -> Markup:
        """Return a node's name, linked to where it is described."""
        if node in self._here and isinstance(node, NamedNode):
            anchor = node.value.partition("#")[2] or node.value.rpartition("/")[2]
            return Markup('<a href="#{}">{}</a>').format(anchor, self.name(node))
        target = self.href(node.value) if isinstance(node, NamedNode) else None
        if not target:
            return self.name(node)
        return Markup('<a href="{}">{}</a>').format(target, self.name(node))

    def why(self, triple: Triple) -> str:
        """Return the address of the explanation of a triple."""
        return self.link("/explain", **explain_parameters(triple))


def explain_parameters(triple: Triple) -> dict[str, str]:
    """Return a triple as the parameters of /explain."""

    def text(node: Node) -> str:
        return shorten(node.value).strip("<>") if isinstance(node, NamedNode) else str(node)

    return {"s": text(triple.subject), "p": text(triple.predicate), "o": text(triple.object)}
