"""Calls as every door shows them: taken in, rated, set aside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook.show.serialise import OMITTED, Day, Instant, ModelRows, Omitted, Rate

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    import polars as pl

    from minutebook.calls.readers import Listed
    from minutebook.intake.each import RefusedFile
    from minutebook.intake.intake import ImportResult


@dataclass(frozen=True)
class RefusedFileView:
    """A file that `import --each` lists, for a person to look at."""

    file: Annotated[str, Doc("as it was named")]
    reason: Annotated[str, Doc("what is wrong with it, and what to do")]
    moved_to: Annotated[str | None, Doc("where it is now; null: where it was")]


@dataclass(frozen=True)
class ImportView:
    """What became of the records of some files: `read` = `added` + `duplicates` + `quarantined` + `discarded`."""

    files: Annotated[int, Doc("how many were read")]
    read: Annotated[int, Doc("records")]
    added: Annotated[int, Doc("calls new in the lake")]
    duplicates: Annotated[int, Doc("known already")]
    quarantined: Annotated[int, Doc("records of these files that wait now")]
    discarded: Annotated[int, Doc("records of these files that were discarded before, and stay so")]
    unanswered: Annotated[int, Doc("of the calls added")]
    seconds: Annotated[float, Doc("answered time of the calls added")]
    reasons: Annotated[
        dict[str, int],
        Doc("how many wait for each [reason](../engineer/quarantine.md#every-reason)"),
    ]
    unended: Annotated[
        list[str], Doc("last lines without their end, as `FILE:LINE`: left for later, in no count")
    ]
    other_account: Annotated[
        int, Doc("duplicates that would be another account's now: see `minutebook rematch`")
    ]
    correction: Annotated[
        int | None, Doc("of `import again`: the correction that took the import back as it was")
    ]
    taken_back: Annotated[
        dict[str, int], Doc("of `import again`: calls that this took back, by account")
    ]
    refused: Annotated[
        list[RefusedFileView], Doc("with `--each`: the files that were not taken in, or not moved")
    ]

    @classmethod
    def of(cls, result: ImportResult, refused: Iterable[RefusedFile] = ()) -> ImportView:
        """What an import did; `refused` are the files that it passed over."""
        return cls(
            files=result.files,
            read=result.read,
            added=result.added,
            duplicates=result.duplicates,
            quarantined=result.quarantined,
            discarded=result.discarded,
            unanswered=result.unanswered,
            seconds=result.duration_ms / 1000,
            reasons=result.reasons,
            unended=list(result.unended),
            other_account=result.other_account,
            correction=result.correction,
            taken_back=result.taken_back,
            refused=[RefusedFileView(f.file, f.reason, f.moved_to) for f in refused],
        )


@dataclass(frozen=True)
class FormatView:
    """A format of call records that can be imported."""

    format: Annotated[str, Doc("its name in `import FORMAT`")]
    files: Annotated[str, Doc("which files it is")]
    package: Annotated[str | None, Doc("the installed package that reads it; null: Minutebook")]
    error: Annotated[str | None, Doc("why that package cannot be used")]


@dataclass(frozen=True)
class FormatsView:
    """The formats that can be imported."""

    formats: Annotated[list[FormatView], Doc("those that can be named in `import FORMAT`")]

    @classmethod
    def of(cls, listed: Iterable[Listed]) -> FormatsView:
        """The formats' lines."""
        return cls([FormatView(f.name, f.files, f.package, f.error) for f in listed])


@dataclass(frozen=True)
class CallView:
    """A call with its price, as it is priced now."""

    call_id: Annotated[str, Doc("with `server`, `source` and `leg` the call's identity")]
    server: Annotated[str, Doc("the switch that recorded it; empty where nobody says")]
    caller: Annotated[str | None, Doc("normalised")]
    called: Annotated[str, Doc("normalised")]
    setup_at: Annotated[Instant | None, Doc("when it was set up")]
    answered_at: Annotated[Instant | None, Doc("null: not answered")]
    ended_at: Annotated[Instant | None, Doc("when it ended")]
    seconds: Annotated[float, Doc("answer to end; 0 if not answered")]
    billed_seconds: Annotated[
        int | None, Doc("what the price counts; null where there is no price")
    ]
    prefix: Annotated[str | None, Doc("of the row that priced it")]
    destination: Annotated[str | None, Doc("of that row")]
    rate: Annotated[Rate | None, Doc("a minute; of the first step where there are several")]
    connect_fee: Annotated[Rate | None, Doc("for each answered call")]
    cost: Annotated[Rate | None, Doc("positive; under a daily tally unrounded, to ten decimals")]
    status: Annotated[str, Doc('`"priced"`, `"unpriced"`, `"blocked"`, `"no_plan"`')]
    account: Annotated[str, Doc("whose it is")]
    plan: Annotated[str | None, Doc("that prices it; null where it had none")]
    called_recorded: Annotated[str | None, Doc("as the switch wrote it, where that differs")]
    leg: Annotated[str, Doc("empty where the switch has none")]
    source: Annotated[str, Doc("as declared, or the format")]
    file: Annotated[str, Doc("where the record stood")]
    line: Annotated[int, Doc("of that file")]
    band: Annotated[
        str | None, Doc("at its answer; null where prices do not differ by the time of the week")
    ]
    jurisdiction: Annotated[
        str | None,
        Doc('`"inter"`, `"intra"`, `"indeterminate"`; null where prices do not differ so'),
    ]
    origin: Annotated[
        str | None,
        Doc('`"local"`, `"group"`, `"international"`; null where prices do not differ so'),
    ]
    caller_prefix: Annotated[
        str | None, Doc('the card\'s, or `"other"`; null where prices do not differ so')
    ]


def calls(frame: pl.DataFrame) -> ModelRows[CallView]:
    """Rated calls (`billing.rated_calls.RATED_SCHEMA`) as rows."""
    # divided here: Polars multiplies by 0.001 instead, which is not the same number
    seconds = [ms / 1000 for ms in frame["duration_ms"].fill_null(0)]
    return ModelRows.of(CallView, frame, seconds=seconds)


@dataclass(frozen=True)
class CallsView:
    """Calls of some days, with their prices."""

    account: Annotated[str | None, Doc("null: of all")]
    from_: Annotated[Day, Doc("the first day")]
    to: Annotated[Day, Doc("the last day")]
    calls: Annotated[ModelRows[CallView], Doc("by time of setup")]

    @classmethod
    def of(cls, account: str | None, first: date, last: date, frame: pl.DataFrame) -> CallsView:
        """The rated calls of an account (None: of all), from `first` to `last`."""
        return cls(account, first, last, calls(frame))


@dataclass(frozen=True)
class WaitingView:
    """A record in quarantine."""

    id: Annotated[str, Doc("for `quarantine --discard`")]
    reason: Annotated[str, Doc("[the reason](../engineer/quarantine.md#every-reason)")]
    detail: Annotated[str, Doc("the reason in words")]
    source: Annotated[str, Doc("as declared, or the format")]
    file: Annotated[str, Doc("where the record stood")]
    line: Annotated[int, Doc("of that file")]
    call_id: Annotated[str | None, Doc("where it is known")]
    first_seen: Annotated[Instant, Doc("when it was set aside")]
    raw: Annotated[str, Doc("JSON: the rows that the record came from")]


@dataclass(frozen=True)
class QuarantineView:
    """The records that wait for a person."""

    quarantine: Annotated[ModelRows[WaitingView], Doc("those that wait longest first")]

    @classmethod
    def of(cls, frame: pl.DataFrame) -> QuarantineView:
        """Records of `lake.quarantine.OPEN_SCHEMA`."""
        return cls(ModelRows.of(WaitingView, frame))


@dataclass(frozen=True)
class DiscardedView:
    """Records that were discarded."""

    discarded: Annotated[int, Doc("how many")]


@dataclass(frozen=True)
class WaitingAgainView:
    """Records that were discarded, and wait again."""

    restored: Annotated[int, Doc("how many")]


@dataclass(frozen=True)
class DiscardedRecordView:
    """A record that was discarded from quarantine."""

    id: Annotated[str, Doc("for `quarantine --restore`")]
    reason: Annotated[str | None, Doc("for what it waited")]
    source: Annotated[str, Doc("as declared, or the format")]
    file: Annotated[str, Doc("where the record stood")]
    line: Annotated[int, Doc("of that file")]
    call_id: Annotated[str | None, Doc("where it is known")]
    discarded_at: Annotated[Instant, Doc("when it was discarded")]
    by: Annotated[str | None, Doc("who discarded it; null: before that was kept")]
    why: Annotated[str | None, Doc("why, in their words")]
    raw: Annotated[str, Doc("JSON: the rows that the record came from")]


@dataclass(frozen=True)
class DiscardedRecordsView:
    """The records that are discarded."""

    records: Annotated[ModelRows[DiscardedRecordView], Doc("those discarded first, first")]

    @classmethod
    def of(cls, frame: pl.DataFrame) -> DiscardedRecordsView:
        """What `book.calls.discarded` gave."""
        return cls(ModelRows.of(DiscardedRecordView, frame))


@dataclass(frozen=True)
class ChosenView:
    """The records that a change would be made to."""

    chosen: Annotated[int, Doc("how many; nothing was done")]


@dataclass(frozen=True)
class WaitingCountView:
    """How many records wait, of one reason, source, day or account."""

    reason: Annotated[str | Omitted, Doc("`--by reason`")]
    source: Annotated[str | Omitted, Doc("`--by source`")]
    day: Annotated[Day | Omitted, Doc("`--by day`: the UTC day on which they were set aside")]
    account: Annotated[
        str | Omitted | None, Doc("`--by account`: whose they would be; null: it cannot be told")
    ]
    records: Annotated[int, Doc("how many")]
    since: Annotated[Instant, Doc("when the first of them was set aside")]


@dataclass(frozen=True)
class WaitingCountsView:
    """How many records wait, by reason, source, day or account."""

    counts: Annotated[list[WaitingCountView], Doc("the most first")]
    records: Annotated[int, Doc("of all of them")]

    @classmethod
    def of(cls, waiting: pl.DataFrame, by: str) -> WaitingCountsView:
        """Records of `lake.quarantine.OPEN_SCHEMA`, counted by "reason", "source" or "day"; with accounts, by
        "account".
        """
        import polars as pl

        rows = (
            waiting.with_columns(day=pl.col("first_seen").dt.date())
            .group_by(by)
            .agg(records=pl.len(), since=pl.col("first_seen").min())
            .sort(pl.col("records"), by, descending=[True, False])
        )
        names = dict.fromkeys(("reason", "source", "day", "account"), OMITTED)
        counts = [WaitingCountView(**names | row) for row in rows.iter_rows(named=True)]
        return cls(counts, waiting.height)
