"""How soon /healthz answers while hostile queries run, and what the client can do at most."""

import asyncio
import http.client
import itertools
import statistics
import threading
import time

from bench.sparql.load import address, run_wrk, threads
from bench.sparql.servers import Server

HOSTILE = (
    "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i LIMIT 1",
    "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT ?a ?d WHERE { ?a (!<urn:x>)* ?d }",
    'SELECT * WHERE { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(STR(?c), "(a+)+$") && STR(?c) = STR(?f)) }',
)
"""Cross products that sort, count, walk everything and compare texts."""


def report(server: Server, seconds: float) -> None:
    """Print the latencies of /healthz without and with hostile queries."""
    calm = probe(server.port, seconds)
    stop = threading.Event()
    statuses: list[int] = []
    crowd = [
        threading.Thread(target=_attack, args=(server, number, stop, statuses))
        for number in range(8)
    ]
    for each in crowd:
        each.start()
    time.sleep(0.5)
    hostile = probe(server.port, max(seconds, 15))
    stop.set()
    for each in crowd:
        each.join()
    print("\n| /healthz, ms | median | p99 | longest | probes |\n|---|---|---|---|---|")
    for name, found in (("calm", calm), ("8 clients with hostile queries", hostile)):
        cells = [name, *(_ms(found, percent) for percent in (50, 99, 100)), str(len(found))]
        print(f"| {' | '.join(cells)} |")
    counts = {status: statuses.count(status) for status in sorted(set(statuses))}
    print(f"\nThe hostile queries were answered with: {counts}")


def probe(port: int, seconds: float) -> list[float]:
    """Ask every 5 ms on a kept connection; return the sorted latencies."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    found, until = [], time.perf_counter() + seconds
    while time.perf_counter() < until:
        begin = time.perf_counter()
        connection.request("GET", "/healthz")
        connection.getresponse().read()
        found.append(time.perf_counter() - begin)
        time.sleep(0.005)
    return sorted(found)


def _ms(found: list[float], percent: int) -> str:
    if percent == 50:
        return f"{statistics.median(found) * 1000:.1f}"
    return f"{found[min(len(found) - 1, len(found) * percent // 100)] * 1000:.1f}"


def _attack(server: Server, number: int, stop: threading.Event, statuses: list[int]) -> None:
    for turn in itertools.count(number):
        if stop.is_set():
            return
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        try:
            text = HOSTILE[turn % len(HOSTILE)] + f" # {turn} {number}"
            connection.request("GET", address(server.path, text))
            statuses.append(connection.getresponse().status)
        except (OSError, http.client.HTTPException):
            statuses.append(0)
        finally:
            connection.close()


# --- the client ---------------------------------------------------------------------------------

_EMPTY = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n{}"


class _Empty(asyncio.Protocol):
    """Answers whatever comes."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(_EMPTY * data.count(b"\r\n\r\n"))  # type: ignore[attr-defined]


def ceilings(server: Server, clients: list[int], seconds: float) -> None:
    """Print what the client reaches on an endpoint that does nothing, and govkg on /healthz."""
    ready: list[int] = []

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        listener = await loop.create_server(_Empty, "127.0.0.1", 0)
        ready.append(listener.sockets[0].getsockname()[1])
        await listener.serve_forever()

    threading.Thread(target=lambda: asyncio.run(serve()), daemon=True).start()
    while not ready:
        time.sleep(0.01)
    for name, port, path in (
        ("an endpoint that does nothing", ready[0], "/"),
        ("govkg /healthz", server.port, "/healthz"),
    ):
        rates = [f"{_plain(port, path, n, seconds):.0f} with {n}" for n in clients]
        print(f"- {name}: {', '.join(rates)} clients, per second")


def _plain(port: int, path: str, clients: int, seconds: float) -> float:
    script = f"""
request = function() return wrk.format("GET", "{path}") end
done = function(s, l)
  print(string.format('{{"requests": %d, "us": %d, "status": 0, "io": 0}}', s.requests, s.duration))
end
"""
    try:
        return run_wrk(script, f"http://127.0.0.1:{port}/", clients, seconds).per_second
    except FileNotFoundError:
        return threads(port, lambda _: path, "*/*", clients, seconds).per_second
