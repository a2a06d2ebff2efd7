"""Giving the data away: under which licence what is, as dumps and tables, in a catalogue.

The modules, from the bottom: ``licences`` is the table of licences, ``holdings`` says what there is
under which of them, ``cases`` is the table of cases, ``dumping`` writes files, ``catalogue``
describes them, ``making`` has them made for a server; ``releases`` freezes them, ``citations`` and
``differences`` speak of these, and ``querying`` asks them.
"""

from govkg.publishing.dumping import Dump, write_dump
from govkg.publishing.holdings import Stock

__all__ = ["Dump", "Stock", "write_dump"]
