"""A book opened: its folder, its database, its lake, its cards."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Self

from minutebook.book.clock import asked_from, now, today, user
from minutebook.book.place import home, stands_alone, worker
from minutebook.ledger import declarations
from minutebook.ledger.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from minutebook.corrections.recording import Desk
    from minutebook.declarations.carrier import Carrier
    from minutebook.lake.card_store import CardStore
    from minutebook.lake.corrections import InForce
    from minutebook.lake.lake import Lake
    from minutebook.lake.quarantine import Quarantine
    from minutebook.lake.ready_prices import ReadyPrices
    from minutebook.settings import Settings


class OpenBook:
    """A book's stores. Also a context manager: it closes the book."""

    def __init__(self, chosen: Settings, wait_s: int | None = None) -> None:
        self.settings = chosen
        self.path = chosen.folder
        self._ready_prices: ReadyPrices | None = None
        self.database = Database(
            chosen.folder / "postgres",
            chosen.database,
            chosen.database_owner,
            chosen.book,
            None if stands_alone(chosen) else partial(home, chosen.folder),
            who=worker(),
            asked_from=asked_from,
            wait_s=wait_s,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the book: what is at work ends, nothing more begins; an embedded server goes on."""
        self.database.close()

    def stop(self) -> None:
        """Stop the embedded server, if the book has one; the next use of the book starts it again."""
        self.database.let_go()
        if self.settings.database is None:
            from minutebook.ledger.embedded import EmbeddedPostgres

            EmbeddedPostgres(self.path / "postgres").stop()

    @property
    def lake(self) -> Lake:
        """Where the calls are; `InputError`, once it is read, if it is not as new as the ledger knows it."""
        from minutebook.lake.lake import Lake
        from minutebook.ledger import lake_state

        self.database.check_open()
        with self.database.transaction() as connection:
            newest, digests = lake_state.newest_version(connection), lake_state.digests(connection)
        return Lake(self.settings.lake_folder, self._in_force, newest, digests)

    def _in_force(self, until: datetime | None) -> list[InForce]:
        """The corrections in force, as the lake takes them."""
        from minutebook.lake.corrections import InForce
        from minutebook.ledger import corrections

        with self.database.transaction() as connection:
            return [
                InForce(c.number, c.import_id, c.folder, c.files)
                for c in corrections.in_force(connection, until)
            ]

    @property
    def quarantined(self) -> Quarantine:
        """The records that could not be understood or placed; `InputError`, once they are read, if they are not
        as new as the ledger knows them.
        """
        from minutebook.lake.quarantine import Quarantine
        from minutebook.ledger import lake_state

        self.database.check_open()
        folder = self.settings.lake_folder
        with self.database.transaction() as connection:
            newest = lake_state.newest_waiting(connection)
        return Quarantine(folder, now, newest)

    @property
    def card_store(self) -> CardStore:
        """Where the prices of card revisions are."""
        from minutebook.lake.card_store import CardStore

        self.database.check_open()
        return CardStore(self.settings.lake_folder / "cards", self._ready_prices)

    def keep_prices_ready(self, most: int) -> None:
        """Keep so many tables of prices in memory, each some 100 MB: for a process that answers again and again."""
        from minutebook.lake.ready_prices import ReadyPrices

        self._ready_prices = ReadyPrices(most)

    def desk(self) -> Desk:
        """What a correction works on, who makes it and on which day."""
        from minutebook.corrections.recording import Desk

        return Desk(
            self.database, self.lake, self.quarantined, self.card_store, user(), today(),
            self.settings.bounds,
        )  # fmt: skip

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All that this thread asks within it is told of one instant of the ledger. `InputError` for what would change it.

        What is posted meanwhile is seen after it.
        """
        with self.database.snapshot():
            yield

    def carrier(self) -> Carrier:
        """Everything declared: plans, accounts, servers, sources, cards."""
        with self.database.transaction() as connection:
            return declarations.load(connection)
