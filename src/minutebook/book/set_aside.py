"""A book's quarantine: what was discarded, whose it would be; who discarded or restored it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.book.clock import user
from minutebook.words import reason_kept

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import date

    import polars as pl

    from minutebook.book.opening import OpenBook
    from minutebook.lake.quarantine import Quarantine
    from minutebook.lake.quarantine_files import Told


def discarded(book: OpenBook, source: str | None) -> pl.DataFrame:
    """The records that are discarded, of one source, each with `by`."""
    import polars as pl

    from minutebook.lake.discarded import discarded_records
    from minutebook.ledger.change_log import quarantine_deeds

    records = discarded_records(book.quarantined.table(), source)
    with book.database.transaction() as connection:
        known = [(event, by) for event, (by, _) in quarantine_deeds(connection).items()]
    who = pl.DataFrame(known, schema={"event": pl.Int64, "by": pl.String}, orient="row")
    return records.join(who, on="event", how="left", maintain_order="left").drop("event")


def of_days(
    book: OpenBook,
    records: pl.DataFrame,
    at: str,
    since: date | None,
    until: date | None,
    account: str | None,
) -> pl.DataFrame:
    """Those of UTC days by the instant `at`, and of those, what would be an account's; None: any."""
    import polars as pl

    day = pl.col(at).dt.date()
    if since is not None:
        records = records.filter(day >= since)
    if until is not None:
        records = records.filter(day <= until)
    if account is None:
        return records
    book.carrier().account_named(account)
    return records_with_accounts(book, records).filter(pl.col("account") == account).drop("account")


def records_with_accounts(book: OpenBook, records: pl.DataFrame) -> pl.DataFrame:
    """Records of the quarantine with the `account` whose they would be."""
    from minutebook.intake import waiting_accounts

    carrier = book.carrier()
    return waiting_accounts.with_accounts(records, carrier.sources, carrier.directory())


def give_up(book: OpenBook, ids: pl.Series, reason: str) -> int:
    """Discard those of these ids that wait; how many."""
    why = reason_kept(reason, "discarding")
    return _kept(book, "discard", why, lambda aside, told: aside.give_up(ids, why, told))


def discard(book: OpenBook, begins: Collection[str], reason: str) -> int:
    """Discard records, by id or its beginning; how many."""
    why = reason_kept(reason, "discarding")
    return _kept(book, "discard", why, lambda aside, told: aside.discard(begins, why, told))


def let_wait(book: OpenBook, begins: Collection[str], reason: str) -> int:
    """Let records that were discarded wait again, by id or its beginning; how many."""
    from minutebook.lake.discarded import restore_records

    why = reason_kept(reason, "restoring")
    return _kept(book, "restore", why, lambda aside, told: restore_records(aside, begins, told))


def _kept(book: OpenBook, deed: str, why: str, done: Callable[[Quarantine, Told], int]) -> int:
    """Do something to records of the quarantine. Who does, and why, is kept before it is done: killed between
    the two, a deed stands in the journal of deeds that has to be done again, and none is done unseen.
    """
    from minutebook.ledger import change_log, lake_state

    book.database.check_writable()

    def told(records: int, event: int) -> None:
        said = {"records": records, "event": event}
        with book.database.transaction() as connection:
            change_log.keep(connection, user(), [("quarantine", deed, None, said)], why)

    aside = book.quarantined
    count = done(aside, told)
    with book.database.transaction() as connection:
        lake_state.remember_versions(connection, book.lake.least_version, aside.least_version)
    return count
