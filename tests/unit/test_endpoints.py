"""Calls to endpoints elsewhere: whom, how long, how much."""

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest

from govkg.allowed import Entry, is_public
from govkg.endpoints import Endpoints, Limits, Reply
from govkg.errors import (
    BusyError,
    EndpointClosedError,
    EndpointDeadlineError,
    EndpointFailedError,
    EndpointTooLargeError,
)
from govkg.settings import load_settings

from ..elsewhere import Endpoint, listening

ALL = "SELECT * { ?s ?p ?o }"


@pytest.fixture
def elsewhere() -> Iterator[Endpoint]:
    """Return a running endpoint."""
    with listening() as endpoint:
        yield endpoint


def ask(endpoints: Endpoints, address: str, seconds: float | None = None) -> Reply:
    """Call an endpoint and wait for its answer."""
    return asyncio.run(endpoints.ask(address, ALL, seconds))


def opened(endpoint: Endpoint, path: str, limits: Limits | None = None) -> Endpoints:
    """Return endpoints among which one path of a server is open."""
    return Endpoints(endpoint.address + path, limits or Limits())


@pytest.mark.parametrize(
    ("entry", "address", "admitted"),
    [
        ("example.org", "https://example.org/sparql", True),
        ("example.org", "https://EXAMPLE.org:443/other?x=1", True),
        ("example.org", "http://example.org/sparql", False),
        ("example.org", "https://example.org:8443/sparql", False),
        ("example.org", "https://example.org.evil.test/sparql", False),
        ("example.org", "https://sub.example.org/sparql", False),
        ("example.org:8443", "https://example.org:8443/sparql", True),
        ("http://example.org/sparql", "http://example.org:80/sparql", True),
        ("http://example.org/sparql", "http://example.org/sparql?update=x", False),
        ("http://example.org/sparql", "http://example.org/sparql/../admin", False),
        ("http://example.org/sparql", "https://example.org/sparql", False),
        ("bücher.example", "https://xn--bcher-kva.example/sparql", True),
        ("[2001:db8::1]", "https://[2001:db8::1]/", True),
    ],
)
def test_the_list_is_exact(entry: str, address: str, admitted: bool) -> None:
    """A host opens its own https port; a whole address opens itself."""
    endpoints = Endpoints(entry)
    if admitted:
        assert endpoints.require(address).text == entry
    else:
        with pytest.raises(EndpointClosedError, match="GOVKG_SERVICE_HOSTS"):
            endpoints.require(address)


@pytest.mark.parametrize(
    "address",
    ["http://user:secret@127.0.0.1/", "ftp://127.0.0.1/", "file:///etc/passwd", "urn:x", "http://"],
)
def test_an_odd_address_is_closed(address: str) -> None:
    """Only http and https can be called, and nobody's password is passed on."""
    with pytest.raises(EndpointClosedError):
        Endpoints("127.0.0.1").require(address)


@pytest.mark.parametrize(
    "text", ["a/b", "ftp://x/", "http://u:p@x/", "*.example.org", "a b", "x@y", "http://x/#y"]
)
def test_a_bad_list_is_a_bad_setting(text: str) -> None:
    """The service does not start with a list that means something else than it seems to."""
    with pytest.raises(Exception, match="GOVKG_SERVICE_HOSTS"):
        load_settings({"GOVKG_SERVICE_HOSTS": f"example.org, {text}"})


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True), ("2606:4700::1", True), ("64:ff9b::808:808", True),
        ("127.0.0.1", False), ("10.1.2.3", False), ("172.16.0.1", False), ("192.168.0.1", False),
        ("169.254.169.254", False), ("100.64.0.1", False), ("224.0.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 # to be refused
        ("::1", False), ("::", False), ("fe80::1", False), ("fc00::1", False),
        ("::ffff:10.0.0.1", False), ("64:ff9b::7f00:1", False), ("2002:7f00:1::", False),
    ],
)  # fmt: skip
def test_private_addresses_are_known_in_every_form(address: str, public: bool) -> None:
    """Loopback, link-local, private and wrapped ones are not anybody's."""
    assert is_public(ip_address(address)) is public


@pytest.mark.parametrize("found", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["fe80::1%eth0"], []])
def test_a_name_that_leads_inside_is_refused(found: list[str]) -> None:
    """Whatever the owner of a listed name makes of it, no private address is called."""

    async def resolve(host: str, port: int) -> list[str]:
        assert (host, port) == ("example.org", 443)
        return found

    with pytest.raises(EndpointFailedError, match="not public") as caught:
        ask(Endpoints("example.org", resolve=resolve), "https://example.org/sparql")

    assert not any(each in str(caught.value) for each in found)  # the inside is not told


def test_the_address_judged_is_the_address_called(elsewhere: Endpoint) -> None:
    """A name is looked up once, so that it cannot mean something else a moment later."""
    lookups = []

    async def resolve(host: str, _: int) -> list[str]:
        lookups.append(host)
        return ["127.0.0.1"] if len(lookups) == 1 else ["203.0.113.1"]

    address = f"http://localhost:{elsewhere.server_port}/sparql"

    ask(Endpoints(address, resolve=resolve), address)

    assert lookups == ["localhost"]
    assert elsewhere.asked[0][1]["host"] == f"localhost:{elsewhere.server_port}"


def test_localhost_may_be_nothing_but_loopback() -> None:
    """An operator who names localhost means this machine."""
    entry = Entry.of("http://localhost:3030/ds")

    assert entry.admits_address(ip_address("::1"))
    assert not entry.admits_address(ip_address("10.0.0.1"))
    assert not entry.admits_address(ip_address("8.8.8.8"))


def test_the_next_address_is_tried(elsewhere: Endpoint) -> None:
    """A host whose first address takes no connection is asked at its second."""

    async def resolve(_: str, __: int) -> list[str]:
        return ["127.0.0.2", "127.0.0.1"]

    address = f"http://localhost:{elsewhere.server_port}/sparql"

    assert b"example.org/a" in ask(Endpoints(address, resolve=resolve), address).body


@pytest.mark.parametrize("path", ["/sparql", "/zipped"])
def test_an_answer_arrives(elsewhere: Endpoint, path: str) -> None:
    """The query is sent by POST, with nothing that tells who asked."""
    endpoints = opened(elsewhere, path)

    for _ in range(2):
        reply = ask(endpoints, elsewhere.address + path)
        assert reply.media_type == "application/sparql-results+json"
        assert b"example.org/a" in reply.body

    for _, headers, query in elsewhere.asked:
        assert query == ALL
        assert headers["user-agent"].startswith("govkg/")
        assert not {"authorization", "cookie", "referer", "x-forwarded-for"} & set(headers)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/redirect", "redirects to http://127.0.0.1"),
        ("/broken", "status 500: out of order"),
        ("/cut", "breaks off"),
        ("/brotli", "coding br"),
    ],
)
def test_a_bad_answer_says_what_is_wrong(elsewhere: Endpoint, path: str, why: str) -> None:
    """Redirects are not followed, and the endpoint's own words are passed on."""
    with pytest.raises(EndpointFailedError, match=why):
        ask(opened(elsewhere, path), elsewhere.address + path)

    assert [asked[0] for asked in elsewhere.asked] == [path]


@pytest.mark.parametrize("path", ["/large", "/bomb"])
def test_size_is_bounded_after_unzipping(elsewhere: Endpoint, path: str) -> None:
    """No more than the limit is ever held."""
    with pytest.raises(EndpointTooLargeError, match="5000 bytes"):
        ask(opened(elsewhere, path, Limits(bytes=5000)), elsewhere.address + path)


def test_a_slow_endpoint_is_left(elsewhere: Endpoint) -> None:
    """The deadline is that of the settings, or a shorter one, and the connection is closed."""
    with pytest.raises(EndpointDeadlineError, match=r"0\.1 s"):
        ask(opened(elsewhere, "/slow", Limits(seconds=0.1)), elsewhere.address + "/slow", 9.0)
    with pytest.raises(EndpointDeadlineError, match=r"127.0.0.1.*2\.5 s"):
        ask(opened(elsewhere, "/slow"), elsewhere.address + "/slow", seconds=2.5)

    assert elsewhere.gone.wait(10)


def test_calls_at_once_are_bounded(elsewhere: Endpoint) -> None:
    """Who finds no place in time is told that we are busy, not that the endpoint is slow."""
    endpoints = opened(elsewhere, "/slow", Limits(seconds=0.3, at_once=1))

    async def two() -> list[BaseException | Reply]:
        calls = [endpoints.ask(elsewhere.address + "/slow", ALL) for _ in range(2)]
        return await asyncio.gather(*calls, return_exceptions=True)

    first, second = asyncio.run(two())

    assert isinstance(first, EndpointDeadlineError)
    assert isinstance(second, BusyError | EndpointDeadlineError)
    assert len(elsewhere.asked) <= 2


def test_nobody_there() -> None:
    """A closed port is an error that names the endpoint."""
    with pytest.raises(EndpointFailedError, match=r"127\.0\.0\.1:1/"):
        ask(Endpoints("http://127.0.0.1:1/"), "http://127.0.0.1:1/")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a certificate for localhost, with its key, that nobody has signed."""
    if not shutil.which("openssl"):
        pytest.skip("needs openssl to make a certificate")
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(path), "-out", f"{path}.crt"]
    subprocess.run([*command, *names], check=True, capture_output=True, timeout=60)
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return path


@pytest.mark.parametrize(
    ("host", "trusted", "works"),
    [("localhost", True, True), ("localhost", False, False), ("127.0.0.1", True, False)],
)
def test_certificates_are_verified(
    elsewhere: Endpoint, certificate: Path, host: str, trusted: bool, works: bool
) -> None:
    """An endpoint must prove the name by which it was called, to somebody we trust."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    elsewhere.socket = context.wrap_socket(elsewhere.socket, server_side=True)
    trust = ssl.create_default_context(cafile=f"{certificate}.crt") if trusted else None
    address = f"https://{host}:{elsewhere.server_port}/sparql"
    endpoints = Endpoints(address, trust=trust)

    if works:
        assert b"example.org/a" in ask(endpoints, address).body
    else:
        with pytest.raises(EndpointFailedError, match="certificate"):
            ask(endpoints, address)
        assert elsewhere.asked == []
