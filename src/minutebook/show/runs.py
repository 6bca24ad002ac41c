"""Runs and postings as every door shows them: billed, paid, proved, closed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook.show.run_charges import RunChargeView
from minutebook.show.serialise import OMITTED, Amount, Day, Instant, ModelRows, Month, Omitted
from minutebook.show.set_aside import AccountAsideView

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    import polars as pl

    from minutebook.billing.run_result import RunResult
    from minutebook.billing.set_aside import AccountAside
    from minutebook.billing.verify import Check
    from minutebook.ledger.journal import Journal
    from minutebook.statements.run_charges import RunCharge


@dataclass(frozen=True)
class UnpricedView:
    """Calls that no card prices."""

    calls: Annotated[int, Doc("how many")]
    seconds: Annotated[float, Doc("their answered time")]


@dataclass(frozen=True)
class RunView:
    """What a run did, and what waits."""

    run: Annotated[int, Doc("the run's number")]
    through: Annotated[Day, Doc("billed up to this day, included")]
    calls: Annotated[int, Doc("newly priced")]
    unpriced: Annotated[UnpricedView, Doc("what no card prices, up to that day")]
    quarantined: Annotated[int, Doc("records that wait")]
    accounts: Annotated[int, Doc("accounts with a posting")]
    postings: Annotated[int, Doc("differences posted, never of zero")]
    total: Annotated[dict[str, Amount], Doc("by currency; charges negative")]
    suspended: Annotated[list[str], Doc("accounts that the run found below their floor")]
    resumed: Annotated[list[str], Doc("accounts whose suspension it ended")]
    set_aside: Annotated[
        list[AccountAsideView],
        Doc("accounts of which nothing is posted, as something fails or is parked: status 1"),
    ]
    cost: Annotated[
        dict[str, Amount] | Omitted,
        Doc(
            "where providers are declared: by currency, what more is owed to them by this run; less is"
            " negative"
        ),
    ]
    providers: Annotated[
        int | Omitted, Doc("where some are declared: how many of them have a posting")
    ]
    cost_unpriced_calls: Annotated[
        int | Omitted,
        Doc(
            "where providers are declared: calls up to that day that these carried and no buy card prices,"
            " attempts included"
        ),
    ]
    cost_unpriced_seconds: Annotated[
        float | Omitted,
        Doc("their answered time: owed once a buy card prices it; 0: attempts alone"),
    ]
    uncarried_calls: Annotated[
        int | Omitted,
        Doc(
            "where providers are declared: answered calls of that day's month, up to it, that none of them carried; 0"
            " while accounts are set aside"
        ),
    ]
    by_account: Annotated[
        list[RunChargeView] | Omitted,
        Doc("with `--by account`: who was charged what, an object for each account with a posting"),
    ] = OMITTED

    @classmethod
    def of(cls, result: RunResult, charges: Iterable[RunCharge] | None = None) -> RunView:
        """The run; and who was charged what by it, where that is asked for."""

        def become(status: str) -> list[str]:
            return [change.account for change in result.status_changes if change.status == status]

        buys = result.providers is not None
        return cls(
            run=result.run,
            through=result.through,
            calls=result.calls,
            unpriced=UnpricedView(result.unpriced_calls, result.unpriced_ms / 1000),
            quarantined=result.quarantined,
            accounts=result.accounts,
            postings=result.postings,
            total=result.total,
            suspended=become("suspended"),
            resumed=become("active"),
            set_aside=[AccountAsideView.of(one) for one in result.set_aside],
            cost=result.cost if buys else OMITTED,
            providers=OMITTED if result.providers is None else result.providers,
            cost_unpriced_calls=result.cost_unpriced_calls if buys else OMITTED,
            cost_unpriced_seconds=result.cost_unpriced_ms / 1000 if buys else OMITTED,
            uncarried_calls=result.uncarried_calls if buys else OMITTED,
            by_account=OMITTED if charges is None else [*map(RunChargeView.of, charges)],
        )


@dataclass(frozen=True)
class PaymentView:
    """A payment, a refund, what undoes one, or an adjustment."""

    journal: Annotated[str, Doc("the posting's id")]
    kind: Annotated[str, Doc('`"payment"`, `"adjustment"`, `"paid"` (to a provider)')]
    account: Annotated[str, Doc("whose balance it is on")]
    date: Annotated[Day, Doc("the day that it stands on")]
    amount: Annotated[
        Amount, Doc("a payment is positive, a refund negative, an adjustment has its sign")
    ]
    currency: Annotated[str, Doc("of the amount")]
    reference: Annotated[str | None, Doc("by which it counts once; null of what undoes another")]
    reverses: Annotated[str | None, Doc("the reference of what it undoes; null: nothing")]
    reason: Annotated[str, Doc("why, as it was said")]
    new: Annotated[bool, Doc("false: it was posted before, under this reference")]

    @classmethod
    def of(cls, posting: Journal, *, new: bool) -> PaymentView:
        """The posting, and whether it is new."""
        return cls(
            journal=str(posting.id),
            kind=posting.kind,
            account=posting.account,
            date=posting.day,
            amount=posting.amount,
            currency=posting.currency,
            reference=posting.reference,
            reverses=posting.details.get("reference"),
            reason=posting.reason,
            new=new,
        )


@dataclass(frozen=True)
class PostingView:
    """A posting to an account."""

    journal: Annotated[str, Doc("its id")]
    kind: Annotated[
        str, Doc('`"usage"`, `"channels"`, `"short_calls"`, `"minimum"`, `"payment"`, …')
    ]
    account: Annotated[str, Doc("whose balance it is on")]
    date: Annotated[Day, Doc("on which it stands")]
    corrects: Annotated[Day, Doc("that it is for: another one where that month is closed")]
    amount: Annotated[Amount, Doc("charges negative, payments positive")]
    currency: Annotated[str, Doc("of the amount")]
    reason: Annotated[str, Doc("in words")]
    reference: Annotated[str | None, Doc("of a payment or an adjustment")]
    run: Annotated[int | None, Doc("the run that posted it")]
    posted_at: Annotated[Instant | None, Doc("when it was posted")]
    by: Annotated[str | None, Doc("who posted it; null: from before that was kept")]

    @classmethod
    def of(cls, posting: Journal) -> PostingView:
        """The posting."""
        return cls(
            journal=str(posting.id),
            kind=posting.kind,
            account=posting.account,
            date=posting.day,
            corrects=posting.corrects,
            amount=posting.amount,
            currency=posting.currency,
            reason=posting.reason,
            reference=posting.reference,
            run=posting.run,
            posted_at=posting.posted_at,
            by=posting.posted_by,
        )


@dataclass(frozen=True)
class EntryView:
    """An entry of the journal; the entries of one journal sum to zero."""

    date: Annotated[Day, Doc("on which it stands")]
    corrects: Annotated[Day, Doc("that it is for: another one where that month is closed")]
    journal: Annotated[str, Doc("the posting's id")]
    line: Annotated[int, Doc("the entry's number in it")]
    kind: Annotated[
        str, Doc('`"usage"`, `"channels"`, `"short_calls"`, `"minimum"`, `"payment"`, …')
    ]
    account: Annotated[str, Doc("whose balance it is on")]
    ledger_account: Annotated[str, Doc("`customer:…`, `revenue:usage`, `cash`, `adjustments`, …")]
    currency: Annotated[str, Doc("of the amounts")]
    amount: Annotated[Amount, Doc("credits positive, debits negative")]
    debit: Annotated[Amount | None, Doc("the same without a sign, where it is one")]
    credit: Annotated[Amount | None, Doc("the same, where it is one")]
    reference: Annotated[str | None, Doc("of a payment or an adjustment")]
    reason: Annotated[str | None, Doc("in words")]
    run: Annotated[int | None, Doc("the run that posted it")]
    posted_at: Annotated[Instant, Doc("when it was posted")]
    by: Annotated[str | None, Doc("who posted it; null: from before that was kept")]


@dataclass(frozen=True)
class JournalView:
    """The entries that stand on some days."""

    from_: Annotated[Day, Doc("the first day")]
    to: Annotated[Day, Doc("the last day")]
    entries: Annotated[ModelRows[EntryView], Doc("journal by journal")]

    @classmethod
    def of(cls, first: date, last: date, frame: pl.DataFrame) -> JournalView:
        """Entries of `statements.entries.ENTRY_SCHEMA`."""
        import polars as pl

        amount = pl.col("amount")
        sides = frame.rename({"day": "date"}).with_columns(
            debit=pl.when(amount < 0).then(-amount), credit=pl.when(amount > 0).then(amount)
        )
        return cls(first, last, ModelRows.of(EntryView, sides))


@dataclass(frozen=True)
class ClosedView:
    """A month that was closed."""

    closed: Annotated[Month, Doc("the month")]
    open_from: Annotated[Day, Doc("the first open day")]
    new: Annotated[
        bool, Doc("false: it was closed before, in the same words, and nothing is changed")
    ]
    quarantined: Annotated[int, Doc("records that wait, of whatever days")]


@dataclass(frozen=True)
class ReopenedView:
    """A month that was opened again."""

    reopened: Annotated[Month, Doc("the month")]
    new: Annotated[bool, Doc("false: it was so before, in the same words, and nothing is changed")]


@dataclass(frozen=True)
class CheckView:
    """One thing that a proof tries."""

    check: Annotated[str, Doc("its name")]
    proves: Annotated[str, Doc("in words")]
    ok: Annotated[bool, Doc("it holds")]
    differences: Annotated[list[str], Doc("where it does not")]

    @classmethod
    def of(cls, checks: Iterable[Check]) -> list[CheckView]:
        """Each check, whether it holds or not."""
        from minutebook.show.sentences.proofs import PROVED, difference_words

        return [
            cls(c.name, PROVED[c.name], not c.differences, [*map(difference_words, c.differences)])
            for c in checks
        ]


@dataclass(frozen=True)
class ChainView:
    """The chain of all that is only added to."""

    links: Annotated[int, Doc("how many")]
    head: Annotated[
        str, Doc("the last one's hash; written down elsewhere, it proves what was before")
    ]


@dataclass(frozen=True)
class ProofView:
    """Whether the book is proved."""

    ok: Annotated[bool, Doc("false: status 1")]
    checks: Annotated[list[CheckView], Doc("each thing that is tried")]
    chain: Annotated[ChainView, Doc("what `verify --since` takes, as `LINKS:HEAD`")]
    set_aside: Annotated[
        list[AccountAsideView], Doc("accounts whose days wait; nothing of them is proved")
    ]

    @classmethod
    def of(
        cls, checks: Iterable[Check], chain: tuple[int, str], aside: Iterable[AccountAside] = ()
    ) -> ProofView:
        """Every check, whether it holds or not, the chain's number of links and its last hash, and who waits."""
        said = CheckView.of(checks)
        waiting = [AccountAsideView.of(one) for one in aside]
        return cls(all(check.ok for check in said), said, ChainView(*chain), waiting)
