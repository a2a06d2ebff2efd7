"""``python -m govkg.workers``: be a zygote. Only `Pool` starts it."""

import sys  # pragma: no cover

from govkg.workers.zygote import main  # pragma: no cover

if __name__ == "__main__":  # pragma: no cover
    main(*sys.argv[1:])
