"""What a reconciliation did not read, or did not compare in money: said before anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook import money
from minutebook.words import counted, stretches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from minutebook.disputes.reconciliation import Reconciliation, SideFacts


def not_compared(found: Reconciliation) -> list[str]:
    """A sentence for each; none where both sides were read whole
    (docs/rules/disputes.md, "What was not read")."""
    return [sentence for side in found.sides for sentence in _of(side, found)]


def _otherwise(found: Reconciliation) -> str:
    return "as its account" if found.provider is None else f"by the buy card of {found.provider}"


def _of(side: SideFacts, found: Reconciliation) -> Iterator[str]:
    if side.without_plan:
        yield (
            f"The account has no plan on {stretches(list(side.without_plan))}: the lake holds none of its calls of"
            " these days, and they are not compared."
        )
    if side.without_amount:
        yield (
            f"{side.name}: {counted(side.without_amount, 'call')} without an amount: compared by their lengths,"
            f" not in money. Each is priced as the call that it is matched with, and {_otherwise(found)} where there"
            " is none. If a column has them, name it: --map amount=…"
        )
    if side.broken:
        yield (
            f"{side.name}: {counted(side.broken, 'record')} could not be understood, and what they cost is not"
            f" compared{f': {side.why}' if side.why else ''}."
        )
    if side.unended is not None:
        yield (
            f"{side.name}: line {side.unended}, the last, has no end: it may be cut, and was not read. If the file"
            " is whole, end that line and compare again."
        )
    if side.unpriced and found.provider is not None:
        yield (
            f"{side.name}: {counted(side.unpriced, 'call')} that the buy card of {found.provider} does not price:"
            " they count as 0."
        )
    elif unpriced := side.unpriced:
        yield (
            f"{side.name}: {counted(unpriced, 'call')} that nothing here prices: they count as 0. Name the account"
            " or the card that prices them (--account, --card), or see: minutebook calls --unpriced"
        )
    if side.own_total is not None:
        said, added = (money.text(money.decimal_of_units(units)) for units in side.own_total)
        yield f"{side.name}: its line of totals says {said}, and its calls add up to {added}."
    lines, units = side.without_day
    if lines:
        amount = money.text(money.decimal_of_units(units))
        yield (
            f"{side.name}: {counted(lines, 'line')} without a day, {amount}"
            f"{f' {found.currency}' if found.currency else ''} in all: not compared."
        )
