"""How operations describe themselves in the OpenAPI document, and how it is kept true."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi import FastAPI
from starlette.responses import Response

from govkg import errors
from govkg.api.limiting import bucket
from govkg.api.negotiation import HTML, JSON
from govkg.api.problems import described
from govkg.errors import GovkgError

ABOUT: Final = (
    "A knowledge graph and ontology service on how local government changes. Every answer that is "
    "not a success is a problem document (RFC 9457)."
)
ALWAYS: Final = (errors.ParameterError, errors.NotAcceptableError, errors.NotReadyError)
"""The errors that any operation can answer with."""

Schema = dict[str, Any]


def operation(
    name: str,
    summary: str,
    *,
    answers: Mapping[str, Any],
    fails: Sequence[type[GovkgError]] = (),
    parameters: Sequence[Schema] = (),
    body: Mapping[str, Any] | None = None,
    done: Mapping[int, str | tuple[str, Mapping[str, Any]]] | None = None,
) -> dict[str, Any]:
    """Return what FastAPI is to be told of an operation.

    ``answers`` and ``body`` give an example for each media type; ``fails`` go beyond ALWAYS;
    ``done`` says what other statuses mean, with examples of their bodies if they have any.
    """
    extra: Schema = {"parameters": list(parameters)} if parameters else {}
    if body:
        extra["requestBody"] = {"required": True, "content": _content(body)}
    responses: dict[int | str, Schema] = {}
    if answers:
        responses[200] = {"description": "Success", "content": _content(answers)}
    responses |= described((*ALWAYS, *fails), as_page=HTML in answers)
    for status, meaning in (done or {}).items():
        _add(responses, status, meaning)
    return {
        "operation_id": name,
        "summary": summary,
        "response_class": Response,
        "response_model": None,
        "status_code": 200 if answers else 204,
        "responses": responses,
        "openapi_extra": extra or None,
    }


def _add(
    responses: dict[int | str, Schema], status: int, meaning: str | tuple[str, Mapping[str, Any]]
) -> None:
    """Say what a status means, beside the errors that may have it too."""
    words, examples = meaning if isinstance(meaning, tuple) else (meaning, {})
    entry = responses.setdefault(status, {"description": ""})
    entry["description"] = "; ".join(filter(None, (words, entry["description"])))
    if examples:
        entry["content"] = entry.get("content", {}) | _content(examples)


def parameter(
    name: str, description: str, example: Any, kind: str = "string", **more: Any
) -> Schema:
    """Describe a query parameter that a handler reads by itself."""
    schema: Schema = {"type": kind} | more
    if kind == "array":
        schema["items"] = {"type": "string"}
    return {
        "name": name, "in": "query", "required": False,
        "description": description, "schema": schema, "example": example,
    }  # fmt: skip


def _content(examples: Mapping[str, Any]) -> Schema:
    return {
        media: {"schema": _schema(media, example), "example": example}
        for media, example in examples.items()
    }


def _schema(media: str, example: Any) -> Schema:
    """Return the loosest schema that is true of an example; "…" stands for any."""
    if example == "…" and media.endswith("json"):
        return {"type": ["object", "array"]}
    if isinstance(example, dict):
        return {"type": "object"}
    return {"type": "array"} if isinstance(example, list) else {"type": "string"}


def openapi(app: FastAPI) -> Schema:
    """Return the OpenAPI document, with our problems in the place of FastAPI's own errors."""
    if app.openapi_schema is None:
        document = FastAPI.openapi(app)
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas.pop("HTTPValidationError", None)
        schemas.pop("ValidationError", None)
        schemas["Problem"] = _PROBLEM_SCHEMA
        for path, operations in document["paths"].items():
            for method, each in operations.items():
                _mend(each["responses"])
                if bucket(method.upper(), path):
                    _limited(each["responses"])
    return app.openapi_schema or {}


def _mend(responses: Schema) -> None:
    """Drop the 422 that FastAPI adds to an operation with parameters: here that is a 400."""
    schema = responses.get("422", {}).get("content", {}).get(JSON, {}).get("schema", {})
    if schema.get("$ref", "").endswith("/HTTPValidationError"):
        del responses["422"]


def _limited(responses: Schema) -> None:
    """Say that whoever asks too often is refused."""
    for status, entry in described((errors.RateLimitedError,)).items():
        told = responses.setdefault(str(status), entry)
        if told is not entry:
            told["description"] += f"; {entry['description']}"


_PROBLEM_SCHEMA: Final[Schema] = {
    "type": "object",
    "description": "RFC 9457. It also has the facts of the error, such as line and column.",
    "required": ["type", "title", "status", "detail", "instance", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "example": "/problems/query-syntax"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "format": "uri"},
        "code": {"type": "string"},
    },
}
