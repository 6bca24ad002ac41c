"""What stands under a table, or on a page, beside its figures."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from minutebook.days import instant_text
from minutebook.money import text
from minutebook.show.serialise import as_json
from minutebook.show.set_aside import AccountAsideView
from minutebook.words import counted

if TYPE_CHECKING:
    from datetime import date

    from minutebook.billing.run_result import RunResult
    from minutebook.show.accounts import AccountView
    from minutebook.show.channel_use import ChannelUseView
    from minutebook.show.corrections import CorrectedView
    from minutebook.show.declarations.plans import PlanView
    from minutebook.show.servers import MinimumView
    from minutebook.show.statements import StatementView


def statement_notes(view: StatementView) -> list[str]:
    """Balances, charges for closed months, the status and its changes."""
    currency = view.currency
    notes = [
        f"Opening balance {text(view.opening_balance)} {currency}, closing balance"
        f" {text(view.closing_balance)} {currency}; billed through {view.billed_through or 'no day yet'}.",
        *(
            f"{day.date} includes {text(late.amount)} {currency} of {late.kind} for {late.date},"
            " whose month is closed."
            for day in view.days
            for late in day.corrections
        ),
    ]
    if view.suspension is not None:
        since = view.suspension.at and instant_text(view.suspension.at)
        notes.append(f"Suspended since {since}: {view.suspension.reason}.")
    elif view.status == "closed":
        notes.append("The account is closed.")
    if view.set_aside is not None:
        notes.append(set_aside_words(view.set_aside))
    return notes + [
        f"{change.date}: {change.status} ({change.reason})."
        for change in view.status_changes
        if change != view.suspension
    ]


def run_notes(result: RunResult) -> list[str]:
    """Whom the run suspended or resumed, and what waits for somebody."""
    notes = [
        f"{change.account} is {change.status}: {change.reason}." for change in result.status_changes
    ]
    notes += [set_aside_words(AccountAsideView.of(one)) for one in result.set_aside]
    for currency, amount in result.cost.items():
        more = "more" if amount >= 0 else "less"
        notes.append(
            f"{text(abs(amount))} {currency} {more} is owed to providers; see: minutebook provider list"
        )
    if result.cost_unpriced_ms:
        notes.append(
            f"No buy card prices {result.cost_unpriced_ms / 1000:,.1f} s of answered calls that providers carried: their"
            " cost is owed once one does; see: minutebook calls --provider NAME --unpriced --month YYYY-MM"
        )
    if result.uncarried_calls:
        calls = counted(result.uncarried_calls, "answered call")
        notes.append(
            f"No declared provider carried {calls} of {result.through:%Y-%m}: nothing is owed for them; see: minutebook"
            f" calls --no-provider --month {result.through:%Y-%m}"
        )
    if result.unpriced_calls:
        notes.append(
            "Unpriced calls are billed once a card covers them, or those after an account's last day once it is"
            " opened again or they are another's; list them with: minutebook calls --unpriced --month YYYY-MM"
        )
    if result.quarantined:
        notes.append(
            "Records in quarantine are not billed; list them with: minutebook calls --quarantine"
        )
    return notes


def already_words(what: str, at: date | datetime) -> str:
    """That something was so before: `what`, since an instant or a UTC day."""
    said = at.astimezone(UTC).date() if isinstance(at, datetime) else at
    return f"{what} already, on {said}: nothing is changed."


def closed_over(waiting: int) -> list[str]:
    """What a month was closed over: records that wait may be of its days."""
    if not waiting:
        return []
    wait = f"{counted(waiting, 'record')} {'waits' if waiting == 1 else 'wait'} in quarantine"
    return [
        f"{wait}: what they come to, also of closed months, is posted on the first open day; see: minutebook quarantine"
    ]


def set_aside_words(one: AccountAsideView) -> str:
    """Who is not billed, and why."""
    if one.parked:
        return (
            f"{one.account} is parked from {one.from_}, {counted(one.days, 'day')}: {one.reason}."
            " Nothing of these days is posted. See: minutebook parked list; if it is right, let it pass"
            f" with: minutebook parked pass {one.account} --reason TEXT"
        )
    return (
        f"{one.account} is set aside from {one.from_}, {counted(one.days, 'day')}: {one.reason}."
        " Nothing of these days is posted; once that is mended the next run bills them."
    )


def correction_notes(view: CorrectedView) -> list[str]:
    """What was done, or would be, and what posts it."""
    notes = []
    if view.unchanged:
        notes.append(f"{counted(view.unchanged, 'call')} already so: nothing of it changes.")
    if view.corrected_calls:
        number = counted(view.corrected_calls, "call")
        notes.append(f"Corrections of {number} of it count no longer either.")
    notes += [
        f"{counted(number, 'call')} would be nobody's now ({reason}), and stay where they are."
        for reason, number in sorted(view.nowhere.items())
    ]
    if view.correction is None:
        return [*notes, "Nothing changes."]
    if view.dry_run:
        billed = f"what is billed through {view.billed_through}"
        tried = f"by {billed}" if view.billed_through else "nothing is billed yet"
        return [*notes, f"Nothing was done; the amounts are those that a run would post, {tried}."]
    if view.undoes is not None:
        return [
            *notes,
            f"Correction {view.correction} takes back correction {view.undoes}; the next run posts the difference.",
        ]
    return [
        *notes,
        f"Correction {view.correction}; the next run posts the difference. Take it back with:"
        f" minutebook correct --undo {view.correction} --reason TEXT",
    ]


def account_notes(view: AccountView) -> list[str]:
    """What the account is on, its servers and what it may spend."""
    on = view.plan or "no plan"
    if view.channels is not None:
        on += f", {view.channels:,} channels"
    why = f" ({view.status_reason})" if view.status_reason else ""
    since = f" since {view.since}" if view.since else ""
    servers = ", ".join(
        f"{held.server} (free)" if held.free else held.server for held in view.servers
    )
    unmatched = "" if view.match else " No match table: only calls that name it are its own."
    return [
        f"On {view.at}: {view.status}{why}; on {on}{since}; servers: {servers or 'none'}.",
        f"Debit limit {text(view.debit_limit)} {view.currency}: it may spend down to a balance of"
        f" {text(view.floor)} {view.currency}.{unmatched}",
        *([] if view.short_calls is None else [view.short_calls.words(view.currency)]),
        *_shown_to_customer(view),
        *(one.words for one in view.overlaps),
    ]


def _shown_to_customer(view: AccountView) -> list[str]:
    """What its customer is shown, where that was declared."""
    offered = ", ".join(view.offers)
    return [
        *([f"Its customer may compare its plan with {offered}."] if offered else []),
        *(["Its customer is shown called numbers without their last digits."] if view.mask_numbers else []),
    ]  # fmt: skip


def history_rows(view: AccountView) -> list[dict[str, object]]:
    """What the account's history says, a row each; of what was replaced, by whom and why."""
    return [
        {
            **as_json(event),
            "change": event.change if event.replaced_by is None else f"{event.change} (replaced)",
            "reason": "; ".join(
                part
                for part in (
                    event.reason,
                    event.replaced_by
                    and f"replaced by {event.replaced_by}: {event.replaced_reason or 'no reason kept'}",
                )
                if part
            ),
        }
        for event in view.history
    ]


def match_words(view: AccountView) -> list[str]:
    """Which calls are the account's, by its match tables, the strongest first."""
    return [" and ".join(f"{key} {value}" for key, value in keys.items()) for keys in view.match]


def plan_title(view: PlanView) -> str:
    """How the plan charges, and in which currency."""
    model = "by the minute" if view.model == "per_minute" else "by the channel"
    return f"{view.plan}, {model}, in {view.currency}"


def replaced_rows(view: PlanView) -> list[dict[str, Any]]:
    """What the plan's revisions said before they were replaced, a row a term."""
    return [
        {
            "from": one.from_ or "always",
            "term": words.term,
            "was": words.is_,
            "replaced_at": one.replaced_at,
            "by": one.by,
            "reason": one.reason,
        }
        for one in view.replaced
        for words in one.words
    ]


def plan_notes(view: PlanView) -> list[str]:
    """Which revision is in force, and whether anybody is on it."""
    in_force = next(revision for revision in view.revisions if revision.in_force)
    nobody = "" if view.accounts else " No account is on it."
    return [f"On {view.at} the revision from {in_force.from_ or 'always'} is in force.{nobody}"]


def minimum_notes(view: MinimumView) -> list[str]:
    """Where the month's minimum stands, and where it is heading."""
    currency = view.currency
    met = "met" if view.met else f"{text(view.shortfall)} {currency} short"
    notes = [
        f"Required for {view.month:%Y-%m}: {text(view.required)} {currency}. Spent so far:"
        f" {text(view.spent)} {currency}, {met}; billed through {view.billed_through or 'no day yet'}."
    ]
    if view.expected_spend is not None and view.expected_shortfall is not None:
        notes.append(
            f"If calls go on as on the billed days: {text(view.expected_spend)} {currency} spent,"
            f" {text(view.expected_shortfall)} {currency} short."
        )
    return notes


def channel_use_notes(view: ChannelUseView) -> list[str]:
    """What the counts rest on."""
    if not view.without_setup:
        return []
    return [f"{view.without_setup:,} calls have no setup time: they hold a channel from answer."]
