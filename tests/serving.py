"""Books that are served on a real port."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn
from tests.carriers import CARRIER, DECK, Call, on, write_calls

from minutebook import settings
from minutebook.book import Book

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi import FastAPI
    from tests.conftest import Cluster

SPARE = """
[plan.lines]
model = "per_channel"
currency = "USD"
tiers = [ { channels = 100, price = "1.20" } ]

[provider.vox]
currency = "USD"
card = "a-z"
match = [ { trunk = "vox" } ]

[source.proxy]
format = "kamailio"

[server.lon-1]
account = "acme"
deployed = 2026-10-01
"""


@contextmanager
def carrier_book(folder: Path, cluster: Cluster) -> Iterator[Book]:
    """A carrier with two accounts, a provider, calls of three days, one that waits, a run and a payment."""
    database, owner = cluster.new_database()
    settings.write(folder, "USD", database, owner)
    with Book(settings.read(folder)) as book:
        (folder / "carrier.toml").write_text(CARRIER + SPARE, "utf-8")
        (folder / "deck.csv").write_text(DECK, "utf-8")
        book.apply(folder / "carrier.toml")
        book.cards.import_deck("a-z", folder / "deck.csv")
        calls = [
            Call(f"c{n}", "globex" if n % 2 else "acme", at=on(1 + n % 3, n % 24), more={"trunk": "vox"})
            for n in range(40)
        ]  # fmt: skip
        book.calls.import_files(
            write_calls(folder / "calls.csv", [*calls, Call("odd", "nobody", at=on(2))])
        )
        book.runs.bill(on(5).date())
        book.ledger.pay("acme", "20.00", "bank-1", on(2))
        yield book
    cluster.drop(database)


@contextmanager
def on_port(app: FastAPI) -> Iterator[str]:
    """An application that answers; where it does."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
