"""A service in a process of its own, with an empty store, and a plain HTTP client for it."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from urllib.parse import urlencode

SETTINGS = {
    "GOVKG_BUNDLE": "false",
    "GOVKG_DEFAULT_GRAPH": "unnamed",
    "GOVKG_WORKERS": "1",
    "GOVKG_LOG_LEVEL": "warning",
    "GOVKG_DRAIN_SECONDS": "0",
}
"""An empty dataset, and the default graph that the SPARQL specification describes."""


@dataclass(frozen=True)
class Reply:
    """A response, read to its end."""

    status: int
    headers: Mapping[str, str]
    """Names are in lower case."""
    body: bytes

    @property
    def media_type(self) -> str:
        """The Content-Type without its parameters."""
        return self.headers.get("content-type", "").split(";")[0].strip()


class Client:
    """Sends requests as they are given, each on its own connection; only the token is added."""

    def __init__(self, port: int, token: str = "") -> None:
        """Take the port of a service on this machine, and a token that may write."""
        self.port = port
        self._token = token

    @property
    def address(self) -> str:
        """The address of the service, without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send a request and read the response."""
        authorization = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with closing(connection):
            connection.request(method, path, body, {**authorization, **(headers or {})})
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, found, response.read())

    def query(self, text: str, accept: str = "*/*", **parameters: list[str]) -> Reply:
        """Send a query; ``_`` in the name of a parameter stands for ``-``."""
        headers = {"Accept": accept, "Content-Type": "application/sparql-query"}
        return self.send("POST", f"/sparql?{_encoded(parameters)}", text.encode(), headers)

    def update(self, text: str, **parameters: list[str]) -> Reply:
        """Send an update; ``_`` in the name of a parameter stands for ``-``."""
        headers = {"Content-Type": "application/sparql-update"}
        return self.send("POST", f"/sparql?{_encoded(parameters)}", text.encode(), headers)

    def reset(self, insertion: str = "") -> None:
        """Empty the store, and carry out an update that fills it."""
        reply = self.update(f"DROP ALL ; {insertion}")
        assert reply.status < 300, reply.body.decode()


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[Client]:
    """Run a service whose files lie in a folder, and end it afterwards.

    In the value of a setting, PORT stands for the port of the service.
    """
    port = _free_port()
    more = {name: value.replace("PORT", str(port)) for name, value in settings.items()}
    clean = {key: value for key, value in os.environ.items() if not key.startswith("GOVKG_")}
    own = {"GOVKG_DATA_DIR": str(folder / "data"), "GOVKG_PORT": str(port)}
    environment = clean | SETTINGS | own | more
    token = _token(environment)
    log = folder / "service.log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "govkg", "serve"]
        service = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
        client = Client(port, token)
        try:
            _wait_until_ready(service, client, log)
            yield client
        finally:
            service.terminate()
            service.wait(timeout=20)


def _encoded(parameters: Mapping[str, list[str]]) -> str:
    """Return parameters as the end of an address; ``_`` in a name stands for ``-``."""
    return urlencode({key.replace("_", "-"): each for key, each in parameters.items()}, doseq=True)


def _free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _token(environment: Mapping[str, str]) -> str:
    """Make a token that may write, as whoever runs a service does."""
    command = [sys.executable, "-m", "govkg", "token", "create"]
    done = subprocess.run(
        [*command, "--name", "test", "--scope", "write"],
        env=environment, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return done.stdout.split()[0]


def _wait_until_ready(service: subprocess.Popen[bytes], client: Client, log: Path) -> None:
    """Ask until the service is ready, for a minute at most."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and service.poll() is None:
        try:
            if client.send("GET", "/readyz").status == 200:
                return
        except OSError:
            pass  # it does not listen yet
        time.sleep(0.1)
    raise RuntimeError(f"the service did not become ready:\n{log.read_text()}")
