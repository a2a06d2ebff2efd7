"""Send requests over kept connections and count the answers.

Fast servers are asked by wrk, a client in C; where it is missing, and where a query takes long,
by threads.
"""

import http.client
import json
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

SLOW = 0.05  # seconds; such queries are counted exactly, by threads that finish what they began
JSON = "application/sparql-results+json"
_STRIDES = (7919, 104_729, 1_299_709, 15_485_863)  # primes, so that parameters vary apart


@dataclass(frozen=True)
class Workload:
    """One class of queries: a template, and the values of its parameters."""

    name: str
    template: str
    values: dict[str, list[str]]
    accept: str = JSON

    def query(self, number: int) -> str:
        """Return the query with this number; no two are the same."""
        text = self.template
        for name, value in self._chosen(number).items():
            text = text.replace("{" + name + "}", value)
        return text

    def _chosen(self, number: int) -> dict[str, str]:
        chosen = {"n": str(1000 + number), "fraction": _fraction(number)}
        for stride, (name, values) in zip(_STRIDES, self.values.items(), strict=False):
            chosen[name] = values[number * stride % len(values)]
        return chosen


def _fraction(number: int) -> str:
    return f"0.{300_000 + number * 7919 % 200_003}"


@dataclass
class Rate:
    """What one measurement saw."""

    answers: int = 0
    seconds: float = 0.0
    errors: int = 0

    def __iadd__(self, other: "Rate") -> "Rate":
        self.answers += other.answers
        self.seconds += other.seconds
        self.errors += other.errors
        return self

    @property
    def per_second(self) -> float:
        return self.answers / self.seconds if self.seconds else 0.0


@dataclass(frozen=True)
class Numbers:
    """Which queries of a workload are sent: ``count`` of them over and over, from ``first`` on."""

    first: int
    count: int


DISTINCT = 1_000_000_000


def fixed(name: str, texts: list[str]) -> Workload:
    """Make a workload of given texts, asked in turn; a comment makes each request another text."""
    return Workload(name, "{text}\n# {n}", {"text": texts})


def get(port: int, path: str, accept: str = "*/*", timeout: float = 60) -> tuple[int, bytes, float]:
    """Send one request; return the status, the body and the seconds it took."""
    begin = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", path, headers={"Accept": accept})
        answer = connection.getresponse()
        return answer.status, answer.read(), time.perf_counter() - begin
    finally:
        connection.close()


def address(path: str, query: str) -> str:
    return f"{path}?query={quote(query, safe='')}"


def measure(
    port: int, path: str, load: Workload, numbers: Numbers, clients: int, seconds: float
) -> Rate:
    """Keep so many requests under way for some seconds."""
    try:
        status, _, took = get(port, address(path, load.query(numbers.first)), load.accept)
    except OSError:
        return Rate(0, seconds, 1)
    if status >= 300:
        return Rate(0, seconds, 1)
    if took < SLOW and shutil.which("wrk"):
        return _wrk(port, path, load, numbers, clients, seconds)

    def request(number: int) -> str:
        return address(path, load.query(numbers.first + 1 + number % numbers.count))

    return threads(port, request, load.accept, clients, seconds)


def threads(
    port: int,
    request: Callable[[int], str],
    accept: str,
    clients: int,
    seconds: float,
    least: int = 1,
) -> Rate:
    """Ask from threads; the time ends when the last answer has come."""
    found, lock = Rate(), threading.Lock()
    begin = time.perf_counter()
    counter = iter(range(DISTINCT))

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        while (number := next(counter)) < least or time.perf_counter() - begin < seconds:
            try:
                connection.request("GET", request(number), headers={"Accept": accept})
                answer = connection.getresponse()
                answer.read()
                good = answer.status < 300
            except (OSError, http.client.HTTPException):
                connection.close()
                good = False
            with lock:
                found.answers += good
                found.errors += not good
        connection.close()

    crowd = [threading.Thread(target=work) for _ in range(clients)]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()
    found.seconds = time.perf_counter() - begin
    return found


_LUA = """
local template, accept, path = {template}, {accept}, {path}
local values, strides = {{{values}}}, {{{strides}}}
local number, first, count = 0, {first}, {count}
request = function()
  local n = first + 1 + number % count
  number = number + 1
  local chosen = {{n = tostring(1000 + n), fraction = "0." .. (300000 + n * 7919 % 200003)}}
  for i, each in ipairs(values) do chosen[each.name] = each[n * strides[i] % #each + 1] end
  local query = string.gsub(template, "%%7B(%a+)%%7D", chosen)
  return wrk.format("GET", path .. query, {{Accept = accept, Host = wrk.headers["Host"]}})
end
done = function(s, l)
  local e = s.errors
  local broken = e.connect + e.read + e.write + e.timeout
  print(string.format('{{"requests": %d, "us": %d, "status": %d, "io": %d}}',
    s.requests, s.duration, e.status, broken))
end
"""


def _wrk(
    port: int, path: str, load: Workload, numbers: Numbers, clients: int, seconds: float
) -> Rate:
    lists = [
        f"{{name = {json.dumps(name)}, "
        + ", ".join(json.dumps(quote(value, safe="")) for value in values)
        + "}"
        for name, values in load.values.items()
    ]
    text = _LUA.format(
        template=json.dumps(quote(load.template, safe="")),
        accept=json.dumps(load.accept),
        path=json.dumps(path + "?query="),
        values=", ".join(lists),
        strides=", ".join(map(str, _STRIDES)),
        first=numbers.first,
        count=numbers.count,
    )
    return run_wrk(text, f"http://127.0.0.1:{port}/", clients, seconds)


def run_wrk(text: str, url: str, clients: int, seconds: float) -> Rate:
    """Run wrk with a script that prints JSON in the end."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(text)
        script.flush()
        length = f"-d{max(1, round(seconds))}s"
        command = ["wrk", "-t1", f"-c{clients}", length, "-s", script.name, url]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r'\{"requests".*\}', output)
    if not found:
        raise RuntimeError(output)
    seen = json.loads(found.group())
    bad = seen["status"] + seen["io"]
    return Rate(seen["requests"] - seen["status"], seen["us"] / 1e6, bad)
