"""What a customer is told of results, and what a carrier keeps to itself (docs/rules/access.md, "What a customer is told").

Written down once, for every door: keys of models, words of steps, fields of a record. What is not named as a customer's is not told.
"""

from __future__ import annotations

from dataclasses import is_dataclass, replace
from typing import TYPE_CHECKING, Any, Final, get_args, get_origin

from minutebook.days import instant_text
from minutebook.rating.steps import RoutedBy
from minutebook.show.explanations import (
    CallExplanationsView,
    CallExplanationView,
    ChargeExplanationView,
)
from minutebook.show.masking import masked_calls, masked_fact, masked_number, masked_prefix
from minutebook.show.prices import NoPriceView
from minutebook.show.sentences.calls import changes_told
from minutebook.show.sentences.facts import sentence
from minutebook.show.serialise import OMITTED, ModelRows, as_json, keys_of
from minutebook.show.without_cost import own_side
from minutebook.statements import steps as way

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

    from minutebook.ledger.journal import Journal
    from minutebook.plans.terms import Account
    from minutebook.statements.explain_call import CallExplanation
    from minutebook.statements.explain_charge import ChargeExplanation
    from minutebook.statements.recurring import RecurringStep
    from minutebook.statements.steps import CallStep, ChargeStep

NOT_FOR_CUSTOMERS: Final = {
    "BalanceView": ("status_reason",),
    "StatementView": ("suspension", "status_changes", "set_aside"),
    "CallView": ("source", "file", "line"),
    "PostingView": ("by",),
    "CallExplanationView": ("quarantined", "cost"),
    "MadeCorrectionView": ("by", "reason"),
}
"""By model, the keys that a customer is not told: a carrier's reasons, files, people and costs; of what inherits from it too."""
_RECORD: Final = (
    "call_id", "server", "leg", "day", "account", "caller", "called", "called_recorded", "setup_at", "answered_at", "ended_at",
    "duration_ms",
)  # fmt: skip
"""What a customer is told of its call's record."""
_CORRECTED: Final = frozenset(_RECORD) - {"account"}
"""What a customer is told of a correction: not whose the call was before."""
_CALLED: Final = ("called", "called_recorded")
_BY_HAND: Final = ("payment", "adjustment")
"""Postings whose reason was said for the statement; those of runs may name a carrier's people, and its reasons."""


def keys_hidden(model: type) -> frozenset[str]:
    """The keys of a model that a customer is not told."""
    held = (NOT_FOR_CUSTOMERS.get(one.__name__, ()) for one in model.__mro__)
    return frozenset(name for names in held for name in names)


def as_customers_json(value: Any) -> Any:
    """A model, or a list of them, as `serialise.as_json` writes it, without what a customer is not told."""
    if isinstance(value, list | tuple) and not isinstance(value, ModelRows):
        return [as_customers_json(item) for item in value]
    if not is_dataclass(value):
        return as_json(value)
    hidden, found = keys_hidden(type(value)), {}
    for key in keys_of(type(value)):
        held = getattr(value, key.field)
        if held is OMITTED or key.name in hidden:
            continue
        if isinstance(held, ModelRows):
            (model,) = (get_args(one)[0] for one in key.types if get_origin(one) is ModelRows)
            without = keys_hidden(model)
            found[key.name] = [
                {name: cell for name, cell in row.items() if name not in without} for row in held
            ]
        elif is_dataclass(held) or isinstance(held, list | tuple):
            found[key.name] = as_customers_json(held)
        else:
            found[key.name] = key.as_json(held)
    return found


def customers_postings(postings: Iterable[Journal]) -> list[Journal]:
    """Postings as their customer is told of them: nobody's name, and of what runs posted the kind, not a carrier's reasons."""
    return [
        replace(posting, reason=_reason(posting.kind, posting.reason), posted_by=None)
        for posting in postings
    ]


def customers_rated(calls: pl.DataFrame, account: Account) -> pl.DataFrame:
    """Rated calls (`billing.rated_calls.RATED_SCHEMA`) of an account, as that is told of them."""
    return masked_calls(calls) if account.mask_numbers else calls


def customers_calls(
    explained: Iterable[CallExplanation], account: Account
) -> CallExplanationsView | None:
    """The calls of an id that are an account's, as that is told of them; None where none is."""
    own = [
        _call(call, masks=account.mask_numbers)
        for call in explained
        if call.waits is None and call.record.get("account") == account.name
    ]
    return CallExplanationsView(own) if own else None


def customers_charge(
    explained: ChargeExplanation, account: Account
) -> ChargeExplanationView | None:
    """A posting to an account, as that is told of it; None where it is another's."""
    posting = explained.posting
    if posting.account != account.name:
        return None
    (told,) = customers_postings([posting])
    steps = [said for step in explained.steps if (said := _charge_words(step)) is not None]
    same = customers_postings(explained.same_charge)
    calls = customers_rated(explained.calls, account)
    view = ChargeExplanationView.of_charge(
        replace(explained, posting=told, same_charge=same, calls=calls, steps=[])
    )
    return replace(view, steps=steps)


def _reason(kind: str, reason: str) -> str:
    return reason if kind in _BY_HAND else kind.replace("_", " ")


def _call(explained: CallExplanation, *, masks: bool) -> CallExplanationView:
    account = explained.record["account"]
    steps = own_side(explained)
    if masks:
        explained, steps = _masked(explained, steps)
    made = [
        replace(one, changes=tuple(change for change in one.changes if change[0] in _CORRECTED))
        for one in explained.corrections
    ]
    told = replace(
        explained,
        record={name: value for name, value in explained.record.items() if name in _RECORD},
        postings=customers_postings(p for p in explained.postings if p.account == account),
        steps=[],
        corrections=[one for one in made if one.changes or one.void],
        cost=None,
    )
    view = CallExplanationView.of(told)
    if isinstance(view.price, NoPriceView):
        view = replace(view, price=replace(view.price, message=f"{view.price.called} has no price"))
    words = [_call_words(step, account) for step in steps]
    return replace(view, steps=[said for said in words if said is not None])


def _masked(
    explained: CallExplanation, steps: list[CallStep]
) -> tuple[CallExplanation, list[CallStep]]:
    """The call and its steps without the last digits of what was called."""
    priced = [step.step for step in steps if isinstance(step, way.StepOfPrice)]
    numbers = [explained.record["called"]]
    numbers += [step.routing for step in priced if isinstance(step, RoutedBy)]
    kept = {
        name: masked_number(value) if name in _CALLED and value is not None else value
        for name, value in explained.record.items()
    }
    quote = explained.quote
    if quote is not None:
        prefix = quote.priced.prefix
        for number in numbers:
            prefix = masked_prefix(prefix, number)
        told = replace(quote.priced, prefix=prefix)
        quote = replace(quote, called=masked_number(quote.called), priced=told)
    made = [_masked_correction(one) for one in explained.corrections]
    return replace(explained, record=kept, quote=quote, corrections=made), [
        _masked_correction(step)
        if isinstance(step, way.CorrectedBy)
        else masked_fact(step, numbers)
        for step in steps
    ]


def _masked_correction(made: way.CorrectedBy) -> way.CorrectedBy:
    def shown(name: str, value: str | int | None) -> str | int | None:
        return masked_number(value) if name in _CALLED and isinstance(value, str) else value

    changes = tuple((name, shown(name, was), shown(name, now)) for name, was, now in made.changes)
    return replace(made, changes=changes)


def _call_words(step: CallStep, account: str) -> str | None:
    """What a customer is told of a step; None: nothing."""
    match step:
        case (
            way.Called()
            | way.NoPlan()
            | way.PricedBy()
            | way.StepOfPrice()
            | way.RoundsDays()
            | way.DayToCome()
        ):
            return sentence(step)
        case way.Posted() if step.account == account:
            return sentence(replace(step, reason=_reason("usage", step.reason)))
        case way.DayNotBilled():
            return f"{step.day} is not billed yet."
        case way.TakenBack():
            return f"Not billed: its record was taken back{_when(step)}."
        case way.CorrectedBy():
            return _correction_words(step)
        case _:
            return None


def _correction_words(step: way.CorrectedBy) -> str | None:
    undone = "" if step.undone_by is None else "; that was taken back"
    if step.void:
        return f"Void, and not billed, by correction {step.correction}{_when(step)}{undone}."
    changes = [change for change in step.changes if change[0] in _CORRECTED]
    if not changes:
        return None
    told = changes_told(changes)
    return f"Corrected by correction {step.correction}{_when(step)}: {told}{undone}."


def _when(step: way.CorrectedBy | way.TakenBack) -> str:
    return "" if step.at is None else f", {instant_text(step.at)}"


def _charge_words(step: ChargeStep | RecurringStep) -> str | None:
    match step:
        case way.CallsToSee():
            return None
        case way.Posting():
            return sentence(replace(step, reason=_reason(step.kind, step.reason)))
        case _:
            return sentence(step)
