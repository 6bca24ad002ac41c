"""The prices of card revisions: immutable Parquet files beside the calls, named by their SHA-256."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import polars as pl

from minutebook.cards.decks import ADDED, DECK_SCHEMA
from minutebook.errors import InputError
from minutebook.lake.parquet import write_parquet
from minutebook.lake.private import file_mode, private_folder, sync_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from minutebook.lake.ready_prices import ReadyPrices

_TABLE: Final = ".parquet"


class CardStore:
    """The folder that holds a book's decks; `ready`: where prices of them are kept ready (None: nowhere)."""

    def __init__(self, folder: Path, ready: ReadyPrices | None = None) -> None:
        self._folder, self.ready = folder, ready

    def write(self, deck: pl.DataFrame) -> str:
        """Keep a deck (cards.decks.DECK_SCHEMA), durably; gives its SHA-256. Repeating is harmless.

        A deck has the same SHA-256 as from an earlier version: a column that this did not know is
        kept only where it says something.
        """
        return self.keep(lambda part, file: _put(deck, part, file))

    def keep_table(self, table: pl.DataFrame) -> str:
        """Keep a table as it is, durably; gives its SHA-256. Repeating is harmless."""
        return self.keep(lambda part, file: _put_table(table, part, file))

    def keep(self, write: Callable[[Path, IO[bytes]], object], suffix: str = _TABLE) -> str:
        """Keep what `write` writes to a path, which is open, under its SHA-256."""
        private_folder(self._folder)
        handle, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                write(part, file)
                os.fchmod(file.fileno(), file_mode(self._folder))
                file.flush()
                os.fsync(file.fileno())
            sha256 = _sha256(part)
            part.replace(self.path(sha256, suffix))
        finally:
            part.unlink(missing_ok=True)
        sync_names(self._folder)
        return sha256

    def digest(self, deck: pl.DataFrame) -> str:
        """The SHA-256 under which `write` would keep a deck; nothing is kept."""
        file = io.BytesIO()
        _put(deck, self._folder, file)
        return hashlib.sha256(file.getbuffer()).hexdigest()

    def read(self, sha256: str) -> pl.DataFrame:
        """The deck that was kept under a SHA-256; `InputError` where it is gone, or is not that deck."""
        deck = self.read_table(sha256, "the prices of a card")
        missing = [name for name in ADDED if name not in deck.columns]
        deck = deck.with_columns(pl.lit(None, DECK_SCHEMA[name]).alias(name) for name in missing)
        return deck.select(DECK_SCHEMA.keys())

    def read_table(self, sha256: str, what: str) -> pl.DataFrame:
        """A table that was kept under a SHA-256; `InputError` where it, `what`, is gone, or is not that table."""
        path = self.path(sha256)
        try:
            kept = path.read_bytes()
        except OSError as error:
            raise InputError(
                f"{what} are gone from the book ({path.name}); restore them from a backup"
            ) from error
        if hashlib.sha256(kept).hexdigest() != sha256:
            raise InputError(f"{what} were changed ({path.name}); restore them from a backup")
        return pl.read_parquet(io.BytesIO(kept))

    def is_sound(self, sha256: str, suffix: str = _TABLE) -> bool:
        """Whether the file is there and is what its name says, for `verify`."""
        path = self.path(sha256, suffix)
        return path.is_file() and _sha256(path) == sha256

    def path(self, sha256: str, suffix: str = _TABLE) -> Path:
        """Where a file that was kept stands."""
        return self._folder / f"{sha256}{suffix}"


class PlannedDecks(CardStore):
    """The decks of a store, and others that are only thought of: these are in memory, and are not kept."""

    def __init__(self, store: CardStore) -> None:
        super().__init__(store._folder)
        self._planned: dict[str, pl.DataFrame] = {}
        self._tables: dict[str, pl.DataFrame] = {}

    def write(self, deck: pl.DataFrame) -> str:
        """Think of a deck; gives the SHA-256 that it would have."""
        sha256 = self.digest(deck)
        self._planned[sha256] = deck
        return sha256

    def keep_table(self, table: pl.DataFrame) -> str:
        """Think of a table; gives the SHA-256 that it would have."""
        file = io.BytesIO()
        _put_table(table, self._folder, file)
        sha256 = hashlib.sha256(file.getbuffer()).hexdigest()
        self._tables[sha256] = table
        return sha256

    def read_table(self, sha256: str, what: str) -> pl.DataFrame:
        """A table that is thought of, or one that was kept."""
        planned = self._tables.get(sha256)
        return super().read_table(sha256, what) if planned is None else planned

    def keep_tables(self, store: CardStore) -> None:
        """Keep the tables that are thought of in a store."""
        for table in self._tables.values():
            store.keep_table(table)

    def read(self, sha256: str) -> pl.DataFrame:
        """A deck that is thought of, or one that was kept."""
        planned = self._planned.get(sha256)
        return super().read(sha256) if planned is None else planned


def _put(deck: pl.DataFrame, path: Path, file: IO[bytes]) -> None:
    silent = [name for name in ADDED if deck[name].null_count() == deck.height]
    write_parquet(deck.drop(silent), path, file=file, compression="zstd")


def _put_table(table: pl.DataFrame, path: Path, file: IO[bytes]) -> None:
    write_parquet(table, path, file=file, compression="zstd")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
