"""What is earned as a page: by provider, account, destination and day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from minutebook import money
from minutebook.reporting import pictures
from minutebook.reporting.page import PagePart, report_page
from minutebook.show.margin import MarginView, group_words
from minutebook.statements.margin import Margin, MarginLine
from minutebook.words import counted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal

    from minutebook.statements.earnings import Earnings

_LARGE = 100
"""From such a sale on amounts are told in hundredths."""
_ROWS, _DRAWN, _LOSING = 50, 10, 3
"""Lines of a table, of which the others are one; of them in the picture; and those told to lose."""
_NOTHING = MarginLine(())
_FIGURES = (
    "Sale", "Cost", "Margin", "Margin (%)", "Calls", "Answered", "Minutes used", "ASR (%)", "ACD (s)", "Unknown calls",
)  # fmt: skip
_Named = tuple[str, MarginLine]


def margin_report(found: Earnings, now: datetime) -> str:
    """The page of what is earned on some days."""
    told = _Told(found.by_day)
    parts = [
        told.part("provider", found.by_provider),
        told.part("account", found.by_account),
        told.part("destination", found.by_destination),
        told.days(found),
    ]
    foot = (
        f"Sale and cost are of the calls of which both are known, in {told.currency}, rounded here at"
        f" {told.places} decimals; the first {_ROWS} lines of each by sale. Days are UTC."
        f" Made {now:%Y-%m-%d %H:%M} UTC by Minutebook."
    )
    notes = MarginView.of(found.first, found.last, ["day"], found.by_day).notes
    return report_page(
        f"Margin, {found.first} to {found.last}", [*told.sums(), *notes], parts, foot
    )


def earned_part(margin: Margin) -> PagePart:
    """What an account earns, by destination, for a page of its own."""
    part = _Told(margin).part("destination", margin)
    return replace(part, title=f"What it earns, by destination ({margin.currency})")


class _Told:
    """How the lines of one page are told: its currency, its decimals, and which columns it has."""

    def __init__(self, by_day: Margin) -> None:
        self.total, self.currency = by_day.total, by_day.currency
        self.places = 2 if max(abs(self.total.sale), abs(self.total.cost)) >= _LARGE else 4
        self._rounding = money.Rounding(money.Method.HALF_EVEN, self.places)
        unknown = (
            ("Unknown: sale", "unknown_sale", self.total.unknown_sale),
            ("Unknown: cost", "unknown_cost", self.total.unknown_cost),
        )
        self._unknown = [(heading, name) for heading, name, amount in unknown if amount]

    def sums(self) -> list[str]:
        """What all comes to."""
        total, sums = self.total, self.total.sums
        share = total.margin_percent
        return [
            f"Calls sold for {self._amount(total.sale)} {self.currency} were bought for {self._amount(total.cost)}"
            f" {self.currency}: {self._amount(total.margin)} {self.currency} is left"
            + ("." if share is None else f", {share:.1f}% of the sale."),
            f"{counted(sums.calls, 'attempt')}, {sums.answered:,} answered, {sums.duration_ms / 60_000:,.1f} minutes used.",
        ]

    def part(self, group: str, margin: Margin) -> PagePart:
        """One grouping, what is sold most first."""
        lines = sorted(margin, key=lambda line: (line.without_calls, -line.sale, line.groups))
        named = [(group_words([group], line)[0], line) for line in lines]
        rows = [self._row(name, line) for name, line in named[:_ROWS]]
        if others := [line for _, line in named[_ROWS:]]:
            total = Margin(others, self.currency).total
            rows.append(self._row(counted(len(others), "other"), total))
        drawn = [
            (name, float(line.sale), float(line.cost))
            for name, line in named[:_DRAWN]
            if line.sale or line.cost
        ]
        picture = pictures.sale_and_cost(drawn, self.currency) if drawn else ""
        headings = self._headings(group.capitalize())
        return PagePart(f"By {group}", self._said(named), picture, headings, rows)

    def days(self, found: Earnings) -> PagePart:
        """Day by day; in the picture those without a line too."""
        lines = {line.groups[0]: line for line in found.by_day}
        named = [*lines.items()]
        every = [
            found.first + timedelta(days=n) for n in range((found.last - found.first).days + 1)
        ]
        within = [day for day in every if lines and min(lines) <= str(day) <= max(lines)]
        drawn = [
            (day, float(line.sale), float(line.cost))
            for day, line in ((day, lines.get(str(day), _NOTHING)) for day in within)
        ]
        picture = pictures.margin_by_day(drawn, self.currency) if drawn else ""
        rows = [self._row(name, line) for name, line in named]
        return PagePart("By day", self._said(named), picture, self._headings("Day (UTC)"), rows)

    def _said(self, named: Sequence[_Named]) -> str:
        """Where most is left, and where calls are sold for less than they cost."""
        ranked = sorted(named, key=lambda one: one[1].margin)
        if not ranked:
            return "Nothing is billed."
        name, most = ranked[-1]
        said = f"Most is left: {self._left(name, most)}." if most.margin > 0 else "Nothing is left."
        losing = [self._left(name, line) for name, line in ranked if line.margin < 0]
        if not losing:
            return f"{said} None loses."
        more = f" and {len(losing) - _LOSING:,} more" if len(losing) > _LOSING else ""
        return f"{said} Sold for less than it costs: {', '.join(losing[:_LOSING])}{more}."

    def _left(self, name: str, line: MarginLine) -> str:
        return f"{name} ({self._amount(line.margin)} {self.currency})"

    def _headings(self, first: str) -> tuple[str, ...]:
        return first, *_FIGURES, *(heading for heading, _ in self._unknown)

    def _row(self, name: str, line: MarginLine) -> tuple[str, ...]:
        sums = line.sums
        return (
            name,
            *(self._amount(amount) for amount in (line.sale, line.cost, line.margin)),
            _ratio(line.margin_percent),
            f"{sums.calls:,}",
            f"{sums.answered:,}",
            f"{sums.duration_ms / 60_000:,.1f}",
            _ratio(sums.asr_percent),
            _ratio(sums.acd_seconds),
            f"{line.unknown_calls:,}",
            *(self._amount(getattr(line, name)) for _, name in self._unknown),
        )

    def _amount(self, amount: Decimal) -> str:
        return f"{self._rounding.of(amount):,.{self.places}f}"


def _ratio(ratio: Decimal | None) -> str:
    return "" if ratio is None else f"{ratio:,.1f}"
