"""Every layout that a reader reads, each with a writer: calls as that switch writes them.

A *variant* is one layout of one format: Asterisk's rows of 18 columns, Kamailio's `acc` as JSON.
Its writer turns the same abstract calls into rows, so that one suite can hold every reader to the
same promises. A new layout is a new entry here.
"""

from __future__ import annotations

from tests.calls.conformance.writers import (
    asterisk,
    connexcs,
    freeswitch,
    minutebook,
    proxies,
)

VARIANTS = [
    *asterisk.VARIANTS,
    *freeswitch.VARIANTS,
    *proxies.KAMAILIO,
    *proxies.OPENSIPS,
    *connexcs.VARIANTS,
    *minutebook.VARIANTS,
]
TEXT = [variant for variant in VARIANTS if not variant.binary]
"""Those that are text: rows that can be moved, cut and written in other bytes."""
BY_FORMAT = [*{variant.format: variant for variant in reversed(VARIANTS)}.values()]
"""The first layout of each format."""
NOT_JSON = [variant for variant in TEXT if "json" not in variant.name]
"""Those whose bytes outside ASCII stand as they are."""
