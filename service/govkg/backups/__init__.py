"""Backups: one portable archive of all that cannot be made again, and the way back.

The modules, from the bottom: ``archives`` is the file format, ``parts`` what is kept, ``places``
are folders for work in progress, ``swapping`` puts restored data in place, ``control`` reaches a
running server, and ``making`` and ``restoring`` are the two commands.
"""

from govkg.backups.making import back_up, copied
from govkg.backups.restoring import check, restore

__all__ = ["back_up", "check", "copied", "restore"]
