"""Processes that do untrusted or heavy work, and that can be killed.

Three kinds of process take part:

* The **server** holds a `Pool`. It never parses user bytes and never runs a query itself.
* The **zygote** is a fresh, single-threaded interpreter (``python -m govkg.workers``). It imports
  the module of jobs, prepares its state once, and from then on forks. By `Pool.advance` it goes
  over to another state and forks other workers; those of before keep the pages of their own.
  `Pool.replace` starts another zygote, and so does what a zygote cannot do. A zygote and its
  workers are a *generation*.
* A **worker** is a fork of the zygote, so it has the state at once and shares its memory. It does
  one job after another, can open nothing, and has bounded memory and CPU time.

Server and worker exchange frames: the two lengths, a JSON header, a raw body. No pickle: a worker
that was taken over by its input can send wrong answers, but can run nothing in the server.
Nothing outlives the server: a zygote ends, and ends its workers, when its control socket closes.
Nothing polls either: an idle pool costs no CPU time.
"""

from govkg.workers.pool import Pool, Source
from govkg.workers.zygote import Jobs

__all__ = ["Jobs", "Pool", "Source"]
