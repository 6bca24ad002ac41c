"""What is told to those who may not see the carrier's money: all but what providers are paid and what is earned
(docs/rules/access.md, "The carrier's money").

Written down once, for every door: steps of a call, what people did, what came of jobs, what is parked.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from minutebook.plans.provider import is_provider
from minutebook.show.audit import AuditView, DeedView
from minutebook.statements.steps import CarriedBy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from minutebook.accounts.attention import Attention
    from minutebook.ledger.deeds import Deed
    from minutebook.ledger.parked import ParkedCharge
    from minutebook.statements.audit import Audited
    from minutebook.statements.explain_call import CallExplanation
    from minutebook.statements.steps import CallStep

_MONEY: Final = frozenset({"cost", "earned", "margin"})
"""Keys of what came of a job that tell the carrier's money."""
_NOT_TOLD: Final = "what is owed to providers differs, too"


def own_side(explained: CallExplanation) -> list[CallStep]:
    """The steps of the account's own side: those before who carried the call; and why it does not count."""
    steps: list[CallStep] = []
    for step in explained.steps:
        if isinstance(step, CarriedBy):
            break
        steps.append(step)
    last = explained.not_billed
    return steps if last is None or last in steps else [*steps, last]


def calls_without_cost(explained: Iterable[CallExplanation]) -> list[CallExplanation]:
    """Calls with who carried them, and without what that costs."""
    told = []
    for call in explained:
        carried = [step for step in call.steps if isinstance(step, CarriedBy)]
        own, last = own_side(call), call.not_billed
        steps = own if last is None else own[:-1]
        ends = [] if last is None else [last]
        told.append(replace(call, cost=None, steps=[*steps, *carried, *ends]))
    return told


def deeds_without_cost(audited: Audited) -> AuditView:
    """What people did, without the amounts that were posted to providers."""
    return AuditView([_deed(deed) for deed in audited], audited.untold)


def parked_without_cost(charges: Iterable[ParkedCharge]) -> list[ParkedCharge]:
    """What runs parked of accounts, not of providers."""
    return [one for one in charges if not is_provider(one.account)]


def attention_without_cost(found: Attention) -> Attention:
    """What needs a person, of providers neither what is parked nor why they are set aside."""
    aside = tuple(one for one in found.set_aside if not is_provider(one.account))
    return replace(found, parked=tuple(parked_without_cost(found.parked)), set_aside=aside)


def job_without_cost(result: Any) -> Any:
    """What came of a job, as JSON: without what calls cost, what is earned, and what is posted to providers."""
    if isinstance(result, dict):
        return {name: job_without_cost(held) for name, held in result.items() if name not in _MONEY}
    if isinstance(result, list):
        left = [held for held in result if not _of_provider(held)]
        words = [held for held in result if isinstance(held, str)]
        hidden = [_NOT_TOLD] if len(left) < len(result) and words else []
        return [*map(job_without_cost, left), *hidden]
    return result


def _of_provider(held: Any) -> bool:
    """Whether an element of a list is of a provider: its line of a table, or what differs of it in words."""
    if isinstance(held, dict):
        return is_provider(str(held.get("account", "")))
    return isinstance(held, str) and is_provider(held)


def _deed(deed: Deed) -> DeedView:
    view, said = DeedView.of(deed), deed.said
    if not is_provider(deed.name) or "amount" not in said:
        return view
    of = f"of {said['reference']}" if deed.kind == "reversal" else said["reference"]
    return replace(view, what=f"{deed.kind} {of} of {deed.name} on {said['day']}")
