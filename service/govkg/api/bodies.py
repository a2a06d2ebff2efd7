"""Read request bodies within limits, and the parameters in them and in addresses.

Percent signs and plus signs are decoded once, from the raw bytes.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from govkg.errors import ParameterError, TooLargeError, UnsupportedMediaTypeError

FORM: Final = "application/x-www-form-urlencoded"
MULTIPART: Final = "multipart/form-data"
_UTF8 = {"", "utf-8", "utf8", "us-ascii"}
Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Upload:
    """One field of a form: its text, or the file that was chosen."""

    data: bytes
    filename: str = ""
    media_type: str = ""


def media_type(request: Request) -> str:
    """Return the Content-Type without its parameters; raises for a charset other than UTF-8."""
    bare, *parameters = request.headers.get("content-type", "").lower().split(";")
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset" and value.strip().strip('"') not in _UTF8:
            raise UnsupportedMediaTypeError(
                given=request.headers["content-type"], accepted="charset=utf-8"
            )
    return bare.strip()


async def read(request: Request, limit: int, what: str = "document") -> bytes:
    """Read the body; raises TooLargeError as soon as it is known to be over the limit, in bytes."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit:
        raise TooLargeError(what=what, size=int(announced), limit=limit, unit="bytes")
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > limit:
            raise TooLargeError(what=what, size=len(data), limit=limit, unit="bytes")
    return bytes(data)


def text(data: bytes, where: str) -> str:
    """Decode a body; raises ParameterError if it is not UTF-8."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise ParameterError(
            name=where, reason=f"it is not UTF-8: {error.reason}", remedy="Encode it as UTF-8."
        ) from error


def pairs(raw: bytes, where: str, most: int = 1000) -> Pairs:
    """Decode urlencoded parameters; raises ParameterError if they are not UTF-8, or too many."""
    try:
        return parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=most
        )
    except ValueError as error:  # UnicodeDecodeError among them
        raise ParameterError(
            name=where,
            reason=f"it cannot be decoded: {error}",
            remedy="Percent-encode it as UTF-8.",
        ) from error


def address_pairs(request: Request) -> Pairs:
    """Return the parameters in the address of a request."""
    return pairs(request.scope["query_string"], "address")


async def fields(request: Request, data: bytes) -> dict[str, Upload]:
    """Return the fields of a form, of either kind, that was read already.

    Raises UnsupportedMediaTypeError for what is no form, and ParameterError for a broken one.
    """
    kind = media_type(request)
    if kind not in (FORM, MULTIPART):
        given = kind or "(none)"
        raise UnsupportedMediaTypeError(given=given, accepted=f"{FORM}, {MULTIPART}")
    if kind == FORM:
        return {name: Upload(value.encode()) for name, value in pairs(data, "form")}
    return dict(await parts(request, data))


async def parts(request: Request, data: bytes) -> list[tuple[str, Upload]]:
    """Return the parts of a multipart form that was read already."""
    parser = MultiPartParser(
        request.headers, _once(data), max_files=10, max_fields=50, max_part_size=len(data) + 1
    )
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise ParameterError(
            name="form", reason=error.message, remedy="Send multipart/form-data as browsers do."
        ) from error
    found = [(name, await _upload(value)) for name, value in form.multi_items()]
    await form.close()
    return found


async def _once(data: bytes) -> AsyncGenerator[bytes, None]:
    yield data
    yield b""


async def _upload(value: str | UploadFile) -> Upload:
    if isinstance(value, str):
        return Upload(value.encode())
    return Upload(await value.read(), value.filename or "", value.content_type or "")
