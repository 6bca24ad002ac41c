"""Calls with their prices, as they are priced now: a part of `book.calls`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.book.part import Part

if TYPE_CHECKING:
    from datetime import date

    import polars as pl


class PricedCalls(Part):
    """The calls of a book with their prices."""

    def rated(
        self, account: str | None, first: date, last: date, *, unpriced: bool = False
    ) -> pl.DataFrame:
        """The calls of an account (None: of all) with their prices (billing.rated_calls.RATED_SCHEMA).

        Of `provider:NAME` those that the provider carried, with what they cost us.
        """
        import polars as pl

        from minutebook.billing.rated_calls import files_of_days, rated_calls
        from minutebook.billing.schedule import Schedule

        carrier, lake = self._book.carrier(), self._book.lake
        if account is not None:
            carrier.holder_named(account)
        files = files_of_days(lake.snapshot().files, first, last)
        accounts = None if account is None else [account]
        schedule = Schedule(carrier if account is None else carrier.both_sides().only([account]))
        calls = rated_calls(lake, self._book.card_store, schedule, files, accounts)
        return calls.filter(pl.col("status") != "priced").collect() if unpriced else calls.collect()

    def first_rated(
        self,
        account: str,
        first: date,
        last: date,
        most: int,
        since: date | None = None,
        since_us: int = 0,
    ) -> pl.DataFrame:
        """Of an account's calls with their prices those of the first UTC days and instants of setup: at most so many, and all
        of the last one's instant. `since`: not before this day, and on it not before the
        instant `since_us`, in microseconds since 1970.

        No more calls are priced than these, however many the account has.
        """
        from minutebook.billing.rated_calls import files_of_days, first_calls, rated_calls
        from minutebook.billing.schedule import Schedule

        carrier, lake = self._book.carrier(), self._book.lake
        carrier.account_named(account)
        files = files_of_days(lake.snapshot().files, first, last)
        begun = None if since is None else (since, since_us)
        chosen = first_calls(lake, files, account, most, begun)
        cards, schedule = self._book.card_store, Schedule(carrier.only([account]))
        return rated_calls(lake, cards, schedule, files, [account], chosen).collect()

    def without_provider(self, account: str | None, first: date, last: date) -> pl.DataFrame:
        """The answered calls of an account (None: of all) that no declared provider carried, as `rated` has them.

        Their margin is unknown. `no_provider` says why: "no_trunk", the record names none; "unknown_trunk", no
        provider's match tables hold for what it names.
        """
        import polars as pl

        from minutebook.billing.rated_calls import files_of_days, rated_calls
        from minutebook.billing.schedule import Schedule
        from minutebook.calls.carried import without_carrier

        carrier, lake = self._book.carrier(), self._book.lake
        accounts = None if account is None else [carrier.account_named(account).name]
        files = files_of_days(lake.snapshot().files, first, last)
        calls = rated_calls(lake, self._book.card_store, Schedule(carrier), files, accounts)
        answered = calls.filter(pl.col("answered_at").is_not_null())
        return without_carrier(answered, carrier.providers.values()).collect()
