"""Start govkg with more triples beside its bundle, which are neither reasoned over nor checked.

python -m bench.sparql.govkg_server cases.nt; settings come from GOVKG_* variables as always.
Only the loading differs from ``govkg serve``: whatever answers a request is the service itself.
"""

import sys
import time
from pathlib import Path

import uvicorn
from pyoxigraph import RdfFormat

from govkg import app as application
from govkg import generations
from govkg.cases import KG
from govkg.settings import Settings, load_settings
from govkg.store import Store

_derive = generations.derive


def main(path: str) -> None:
    def derive(store: Store, settings: Settings) -> KG:
        kg = _derive(store, settings)
        dump = kg.store.dump

        def with_more(snapshot: Path) -> None:
            start = time.perf_counter()
            add(kg, path)
            print(f"bulk load: {time.perf_counter() - start:.2f} s", file=sys.stderr, flush=True)
            dump(snapshot)
            kg.store.replace_unnamed([])  # type: ignore[attr-defined]

        kg.store.dump = with_more  # type: ignore[method-assign]
        return kg

    generations.derive = derive
    settings = load_settings()
    uvicorn.run(
        application.create_app(settings),
        host=settings.host,
        port=settings.port,
        log_level=settings.log_level,
        access_log=False,
    )


def add(kg: KG, path: str) -> None:
    """Put a file of N-Triples into the unnamed graph of the store."""
    store = kg.store._oxigraph  # type: ignore[attr-defined]
    store.bulk_load(path=path, format=RdfFormat.N_TRIPLES)


if __name__ == "__main__":
    main(sys.argv[1])
