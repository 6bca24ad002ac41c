"""What of a book needs a person, as every door shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook.show.balances import BalanceView
from minutebook.show.calls import WaitingCountsView
from minutebook.show.jobs import JobView
from minutebook.show.parked import ParkedChargeView
from minutebook.show.runs import UnpricedView
from minutebook.show.serialise import Amount, Day, Instant
from minutebook.show.set_aside import AccountAsideView

if TYPE_CHECKING:
    import polars as pl

    from minutebook.accounts.attention import Attention, LastRun, NearFloor
    from minutebook.ledger.proofs import Proof
    from minutebook.plans.terms import Server


@dataclass(frozen=True)
class LastRunView:
    """The last run."""

    run: Annotated[int, Doc("its number")]
    through: Annotated[Day, Doc("billed up to this day, included")]
    posted_at: Annotated[Instant, Doc("when")]
    by: Annotated[str | None, Doc("by whom; null: from before that was kept")]

    @classmethod
    def of(cls, run: LastRun) -> LastRunView:
        """The run."""
        return cls(run.run, run.through, run.posted_at, run.by)


@dataclass(frozen=True)
class LastProofView:
    """The last time that the book was proved, as `verify` does, and what came of it."""

    begun_at: Annotated[Instant, Doc("when it was begun")]
    ended_at: Annotated[Instant, Doc("when it ended")]
    by: Annotated[str, Doc("who had it proved")]
    ok: Annotated[bool, Doc("whether every check held")]
    failing: Annotated[list[str], Doc("the checks that found differences")]
    links: Annotated[int, Doc("how many links the chain had then")]
    head: Annotated[str, Doc("the hash of the last of them")]

    @classmethod
    def of(cls, proof: Proof) -> LastProofView:
        """The proof."""
        return cls(
            begun_at=proof.begun_at,
            ended_at=proof.ended_at,
            by=proof.by,
            ok=proof.ok,
            failing=list(proof.failing),
            links=proof.links,
            head=proof.head,
        )


@dataclass(frozen=True)
class NearFloorView(BalanceView):
    """An account whose money soon ends, if it goes on spending as on the last billed days."""

    spent: Annotated[Amount, Doc("what it was charged for the last seven billed days; positive")]

    @classmethod
    def near(cls, one: NearFloor) -> NearFloorView:
        """The account."""
        return cls(**vars(BalanceView.of(one.standing)), spent=one.spent)


@dataclass(frozen=True)
class StagnantServerView:
    """A server that is deployed, and carried no call of the last seven billed days."""

    server: Annotated[str, Doc("its name")]
    account: Annotated[str, Doc("whose it is")]
    deployed: Annotated[Day, Doc("its first day")]

    @classmethod
    def of(cls, server: Server) -> StagnantServerView:
        """The server."""
        return cls(server.name, server.account, server.deployed)


@dataclass(frozen=True)
class AttentionView:
    """What of a book needs a person, by what is billed so far."""

    last_run: Annotated[LastRunView | None, Doc("null: nothing is billed yet")]
    last_proof: Annotated[LastProofView | None, Doc("null: the book was never proved")]
    open_from: Annotated[
        Day | None, Doc("the first day that no closed month has; null: none is closed")
    ]
    accounts: Annotated[int, Doc("how many are not closed")]
    waiting: Annotated[WaitingCountsView, Doc("the records in quarantine, by reason")]
    unpriced: Annotated[UnpricedView, Doc("calls of billed days that no card prices")]
    parked: Annotated[list[ParkedChargeView], Doc("charges that wait to be let pass")]
    suspended: Annotated[list[BalanceView], Doc("accounts that are suspended")]
    near_floor: Annotated[list[NearFloorView], Doc("active accounts, the nearest first")]
    stagnant: Annotated[list[StagnantServerView], Doc("servers that owe their minimum for nothing")]
    set_aside: Annotated[list[AccountAsideView], Doc("accounts that the last run did not bill")]
    failed_jobs: Annotated[
        list[JobView],
        Doc(
            "that failed in the last thirty days and whose like was not done since, the last first"
        ),
    ]

    @classmethod
    def of(cls, found: Attention, waiting: pl.DataFrame) -> AttentionView:
        """What needs a person; `waiting`: the records in quarantine (`lake.quarantine.OPEN_SCHEMA`)."""
        return cls(
            last_run=None if found.last_run is None else LastRunView.of(found.last_run),
            last_proof=None if found.last_proof is None else LastProofView.of(found.last_proof),
            open_from=found.open_from,
            accounts=found.accounts,
            waiting=WaitingCountsView.of(waiting, "reason"),
            unpriced=UnpricedView(found.unpriced_calls, found.unpriced_ms / 1000),
            parked=[ParkedChargeView.of(one) for one in found.parked],
            suspended=[BalanceView.of(one) for one in found.suspended],
            near_floor=[NearFloorView.near(one) for one in found.near_floor],
            stagnant=[StagnantServerView.of(one) for one in found.stagnant],
            set_aside=[AccountAsideView.of(one) for one in found.set_aside],
            failed_jobs=[JobView.of(job) for job in found.failed_jobs],
        )
