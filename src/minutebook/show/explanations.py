"""The way from a call to its charge and back, as every door shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from annotated_doc import Doc

from minutebook.plans.provider import provider_name
from minutebook.rating.calls import CALLED_KEY
from minutebook.rating.countries import CALLER_HEAD
from minutebook.show.prices import CallPriceView, NoPriceView, call_price
from minutebook.show.runs import PostingView
from minutebook.show.sentences.calls import why_waiting
from minutebook.show.sentences.facts import sentence
from minutebook.show.serialise import OMITTED, Day, Instant, ModelRows, Omitted, Rate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from minutebook.billing.schedule import Batch
    from minutebook.statements.explain_call import CallExplanation, PricedSide
    from minutebook.statements.explain_charge import ChargeExplanation
    from minutebook.statements.steps import CorrectedBy


@dataclass(frozen=True)
class PricingView:
    """What prices a call."""

    plan: Annotated[str, Doc("the plan's name")]
    plan_from: Annotated[Day | Omitted, Doc("of a later revision of the plan: its first day")]
    card: Annotated[str | Omitted, Doc("where the plan has one")]
    revision: Annotated[int | Omitted, Doc("of the card")]

    @classmethod
    def of(cls, batch: Batch) -> PricingView:
        """The plan and the card's revision."""
        plan = batch.plan
        return cls(
            plan=plan.name,
            plan_from=OMITTED if plan.from_day is None else plan.from_day,
            card=OMITTED if plan.card is None else plan.card,
            revision=OMITTED if batch.revision is None else batch.revision.number,
        )


@dataclass(frozen=True)
class MadeCorrectionView:
    """What a correction changed of a call."""

    correction: Annotated[int, Doc("its number")]
    at: Annotated[Instant | None, Doc("when")]
    by: Annotated[str, Doc("who")]
    reason: Annotated[str, Doc("why")]
    before: Annotated[dict[str, Any], Doc("what changes, as it was")]
    after: Annotated[dict[str, Any], Doc("the same, as it is since")]
    void: Annotated[bool, Doc("the call is not billed since")]
    undone_by: Annotated[int | None, Doc("the correction that took it back; null: it is in force")]

    @classmethod
    def of(cls, made: CorrectedBy) -> MadeCorrectionView:
        """The correction."""
        return cls(
            correction=made.correction,
            at=made.at,
            by=made.by,
            reason=made.reason,
            before={name: was for name, was, _ in made.changes},
            after={name: now for name, _, now in made.changes},
            void=made.void,
            undone_by=made.undone_by,
        )


@dataclass(frozen=True)
class CallCostView:
    """What a call costs: who carried it, by which buy card it is paid, and what was posted for its day."""

    provider: Annotated[str, Doc("who carried it")]
    pricing: Annotated[PricingView, Doc("what prices it: `plan` is the buy card too")]
    price: Annotated[CallPriceView | NoPriceView, Doc("what it costs, or why that is not known")]
    postings: Annotated[list[PostingView], Doc("of the provider and the day")]

    @classmethod
    def of(cls, side: PricedSide) -> CallCostView:
        """The call's cost."""
        return cls(
            provider=provider_name(side.account),
            pricing=PricingView.of(side.batch),
            price=call_price(side.quote),
            postings=[PostingView.of(posting) for posting in side.postings],
        )


@dataclass(frozen=True)
class CallExplanationView:
    """A call: its record, what prices it and how, and what was posted for its day."""

    call_id: Annotated[str, Doc("the switch's id of the call")]
    record: Annotated[
        dict[str, Any],
        Doc("the row of [the lake](../engineer/lake.md), or of the quarantine"),
    ]
    quarantined: Annotated[str | None, Doc("why it waits")]
    pricing: Annotated[PricingView | None, Doc("what prices it")]
    price: Annotated[
        CallPriceView | NoPriceView | None,
        Doc("what it costs, or why it has no price; null where no plan prices it"),
    ]
    postings: Annotated[list[PostingView], Doc("of its account and day")]
    cost: Annotated[
        CallCostView | None, Doc("what it costs; null: no provider carried it that is declared")
    ]
    corrections: Annotated[
        list[MadeCorrectionView], Doc("of the call, in order; `record` is as it is since")
    ]
    taken_back_by: Annotated[
        int | None,
        Doc("the correction by which it is void, or its import taken back: it is not billed"),
    ]
    steps: Annotated[list[str], Doc("the whole way, in words")]

    @classmethod
    def of(cls, explained: CallExplanation) -> CallExplanationView:
        """The call."""
        record = {
            key: v for key, v in explained.record.items() if key not in (CALLED_KEY, CALLER_HEAD)
        }
        return cls(
            call_id=record["call_id"],
            record=record,
            quarantined=None if explained.waits is None else why_waiting(explained.waits),
            pricing=None if explained.batch is None else PricingView.of(explained.batch),
            price=None if explained.quote is None else call_price(explained.quote),
            postings=[PostingView.of(posting) for posting in explained.postings],
            cost=None if explained.cost is None else CallCostView.of(explained.cost),
            corrections=[MadeCorrectionView.of(made) for made in explained.corrections],
            taken_back_by=None if explained.not_billed is None else explained.not_billed.correction,
            steps=[sentence(step) for step in explained.steps],
        )


@dataclass(frozen=True)
class CallExplanationsView:
    """Every call of an id."""

    calls: Annotated[list[CallExplanationView], Doc("several where legs or sources share the id")]

    @classmethod
    def of(cls, explained: Iterable[CallExplanation]) -> CallExplanationsView:
        """The calls."""
        return cls([CallExplanationView.of(call) for call in explained])


@dataclass(frozen=True)
class ChargedCallView:
    """A call of a charge, as it is priced now."""

    call_id: Annotated[str, Doc("the switch's id of the call")]
    prefix: Annotated[str | None, Doc("of the row that priced it")]
    billed_seconds: Annotated[
        int | None, Doc("what the price counts; null where there is no price")
    ]
    cost: Annotated[Rate | None, Doc("positive")]
    status: Annotated[str, Doc('`"priced"`, `"unpriced"`, `"blocked"`, `"no_plan"`')]


@dataclass(frozen=True)
class ChargeExplanationView(PostingView):
    """A posting, the arithmetic of it, the postings before it, and its calls."""

    details: Annotated[dict[str, Any], Doc("what it was made of: [below](#details-of-a-charge)")]
    postings: Annotated[list[PostingView], Doc("all postings of the same account, day and kind")]
    calls_total: Annotated[int, Doc("how many calls it has")]
    calls: Annotated[ModelRows[ChargedCallView], Doc("the first 1,000 of them")]
    steps: Annotated[list[str], Doc("the whole way, in words")]

    @classmethod
    def of_charge(cls, explained: ChargeExplanation) -> ChargeExplanationView:
        """The charge."""
        return cls(
            **vars(PostingView.of(explained.posting)),
            details=explained.posting.details,
            postings=[PostingView.of(posting) for posting in explained.same_charge],
            calls_total=explained.calls_total,
            calls=ModelRows.of(ChargedCallView, explained.calls),
            steps=[sentence(step) for step in explained.steps],
        )
