"""Plans as every door shows them: their terms as an apply file says them, and in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from annotated_doc import Doc

from minutebook.declarations.to_tables import to_table
from minutebook.show.declarations.plan_words import plan_in_words, price_in_words
from minutebook.show.serialise import Amount, Day, Instant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from minutebook.declarations.standing import OnPlan, PlanStanding, ReplacedRevision
    from minutebook.plans.plan import Plan


@dataclass(frozen=True)
class ListedPlanView:
    """A plan on a day."""

    plan: Annotated[str, Doc("its name")]
    model: Annotated[str, Doc('`"per_minute"` or `"per_channel"`')]
    currency: Annotated[str, Doc("of its prices")]
    price: Annotated[str, Doc("in words")]
    minimum_per_server: Annotated[Amount, Doc("a month")]
    from_: Annotated[Day | None, Doc("of the revision in force; null from always")]
    revisions: Annotated[int, Doc("all of them")]
    accounts: Annotated[int, Doc("those on it on the day")]

    @classmethod
    def of(cls, standing: PlanStanding) -> ListedPlanView:
        """The plan's line."""
        plan = standing.in_force
        return cls(
            plan=standing.name,
            model=plan.model,
            currency=plan.currency,
            price=price_in_words(plan),
            minimum_per_server=plan.minimum_per_server,
            from_=plan.from_day,
            revisions=len(standing.revisions),
            accounts=len(standing.accounts),
        )


@dataclass(frozen=True)
class PlansView:
    """Every plan."""

    plans: Annotated[list[ListedPlanView], Doc("by name")]

    @classmethod
    def of(cls, standings: Iterable[PlanStanding]) -> PlansView:
        """The plans' lines."""
        return cls([ListedPlanView.of(standing) for standing in standings])


@dataclass(frozen=True)
class TermInWordsView:
    """A term of a plan."""

    term: Annotated[str, Doc("its name for people")]
    is_: Annotated[str, Doc("what it says, with units")]


@dataclass(frozen=True)
class PlanRevisionView:
    """A plan from a day on."""

    from_: Annotated[Day | None, Doc("the first UTC day; null from always")]
    until: Annotated[Day | None, Doc("the last UTC day; null until further notice")]
    in_force: Annotated[bool, Doc("on the day that is asked for")]
    terms: Annotated[
        dict[str, Any],
        Doc("the keys of [an apply file](apply.md#plan), complete, with their values"),
    ]
    words: Annotated[list[TermInWordsView], Doc("all terms in words")]

    @classmethod
    def of(cls, standing: PlanStanding, plan: Plan) -> PlanRevisionView:
        """One of a plan's revisions."""
        return cls(
            from_=plan.from_day,
            until=standing.until(plan),
            in_force=plan is standing.in_force,
            terms=_terms(plan),
            words=[TermInWordsView(term, words) for term, words in plan_in_words(plan)],
        )


@dataclass(frozen=True)
class ReplacedRevisionView:
    """What a revision of a plan said before it was declared otherwise from its own first day."""

    from_: Annotated[Day | None, Doc("its first UTC day; null from always")]
    replaced_at: Annotated[Instant, Doc("when it was replaced")]
    by: Annotated[str, Doc("by whom")]
    reason: Annotated[str | None, Doc("why, or by which command; null: from before it was kept")]
    terms: Annotated[dict[str, Any], Doc("its keys, complete, with their values")]
    words: Annotated[list[TermInWordsView], Doc("the terms that became others, as they were")]

    @classmethod
    def of(cls, replaced: ReplacedRevision) -> ReplacedRevisionView:
        """What was replaced."""
        was, since = plan_in_words(replaced.revision), dict(plan_in_words(replaced.became))
        return cls(
            from_=replaced.revision.from_day,
            replaced_at=replaced.at,
            by=replaced.by,
            reason=replaced.reason,
            terms=_terms(replaced.revision),
            words=[TermInWordsView(term, is_) for term, is_ in was if since.get(term) != is_],
        )


def _terms(plan: Plan) -> dict[str, Any]:
    apart = ("model", "currency", "from")
    return {key: value for key, value in to_table(plan).items() if key not in apart}


@dataclass(frozen=True)
class OnPlanView:
    """An account that is on a plan."""

    account: Annotated[str, Doc("its name, as declared")]
    name: Annotated[str, Doc("for people")]
    since: Annotated[Day, Doc("the first UTC day of its term")]
    channels: Annotated[int | None, Doc("bought")]

    @classmethod
    def of(cls, on: OnPlan) -> OnPlanView:
        """The account."""
        return cls(on.account, on.title, on.since, on.channels)


@dataclass(frozen=True)
class PlanView:
    """A plan with all of its revisions, and who is on it on a day."""

    plan: Annotated[str, Doc("its name")]
    model: Annotated[str, Doc('`"per_minute"` or `"per_channel"`')]
    currency: Annotated[str, Doc("of its prices")]
    at: Annotated[Day, Doc("the day that is asked for")]
    revisions: Annotated[list[PlanRevisionView], Doc("the earliest first")]
    replaced: Annotated[
        list[ReplacedRevisionView], Doc("what revisions said before, the first replaced first")
    ]
    accounts: Annotated[list[OnPlanView], Doc("those on it on the day, by name")]

    @classmethod
    def of(cls, standing: PlanStanding) -> PlanView:
        """The plan."""
        return cls(
            plan=standing.name,
            model=standing.in_force.model,
            currency=standing.in_force.currency,
            at=standing.day,
            revisions=[PlanRevisionView.of(standing, plan) for plan in standing.revisions],
            replaced=[ReplacedRevisionView.of(one) for one in standing.replaced],
            accounts=[OnPlanView.of(on) for on in standing.accounts],
        )
