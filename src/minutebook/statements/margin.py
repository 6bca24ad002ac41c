"""What is earned: what customers are charged for calls, less what providers are owed for them
(docs/rules/margin.md, "A call on both sides").
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from minutebook import money
from minutebook.billing.schedule import Schedule
from minutebook.days import days_between
from minutebook.errors import InputError
from minutebook.ledger import balances, declarations, priced_days, runs
from minutebook.notebook import Rows, Shown
from minutebook.plans.fx import converted
from minutebook.rating.sums import Sums
from minutebook.statements.both_sides import GROUPS, BothSides, on_both_sides
from minutebook.words import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from minutebook.declarations.carrier import Carrier
    from minutebook.lake.card_store import CardStore
    from minutebook.lake.lake import Lake
    from minutebook.ledger.database import Database

SALE_KINDS = ("usage", "channels", "minimum")
"""What customers are charged by runs."""

_Place = tuple[str, "date"]


@dataclass(slots=True, repr=False)
class MarginLine(Shown):
    """A group: what its calls are sold for, what they cost, and what is left, in the report's currency.

    `sale` and `cost` are of calls of which both are known, so that `margin` is one less the other;
    what is known of one side alone stands apart, as `unknown_sale` and `unknown_cost`.
    """

    groups: tuple[str, ...]
    """Its names, in the order of what the margin goes by; empty: its calls have none, or it has no calls."""
    sums: Sums = field(default_factory=Sums)
    """Its calls and their durations."""
    sale: Decimal = Decimal(0)
    """What customers are charged for calls whose cost is known."""
    cost: Decimal = Decimal(0)
    """What providers are owed for calls whose sale is known."""
    unknown_calls: int = 0
    """Answered calls of which what they are sold for, or what they cost, is not known."""
    no_provider: int = 0
    """Of these, the calls that no declared provider carried."""
    unknown_sale: Decimal = Decimal(0)
    """What customers are charged for calls whose cost is not known."""
    unknown_cost: Decimal = Decimal(0)
    """What providers are owed for calls whose sale is not known."""

    @property
    def margin(self) -> Decimal:
        """What is left."""
        return self.sale - self.cost

    @property
    def margin_percent(self) -> Decimal | None:
        """Of a hundred that are charged so much is left, at one decimal; None where nothing is charged."""
        if not self.sale:
            return None
        return _ONE_DECIMAL.of(Fraction(100 * self.margin) / Fraction(self.sale))


_ONE_DECIMAL = money.Rounding(money.Method.HALF_UP, 1)


class Margin(Rows[MarginLine]):
    """What is earned on some days, a line a group."""

    def __init__(
        self, lines: Iterable[MarginLine], currency: str, unconverted: Iterable[str] = ()
    ) -> None:
        super().__init__(lines)
        self.currency = currency
        self.unconverted = tuple(unconverted)
        """The currencies of which some day has no rate: what is in them is unknown."""

    @property
    def total(self) -> MarginLine:
        """What all lines come to."""
        total = MarginLine(())
        for line in self:
            _add(total, line)
        return total


def margin(
    database: Database,
    lake: Lake,
    cards: CardStore,
    first: date,
    last: date,
    by: Iterable[str],
    currency: str,
) -> Margin:
    """The margin of the UTC days from `first` to `last` as they are billed so far, by some of `GROUPS`."""
    days_between(first, last)
    groups = _groups(by)
    with database.snapshot() as connection:
        carrier = declarations.load(connection)
        posted = [
            balances.posted_by_day(connection, kinds, first, last)
            for kinds in (SALE_KINDS, ("cost",))
        ]
        through = runs.billed_through(connection)
        priced = priced_days.priced_days(connection, last)
    files = [
        file
        for file in lake.snapshot().files
        if first <= file.day <= last
        and file.day in priced
        and file.name in priced[file.day].files
        and through is not None
    ]
    providers = [*carrier.providers.values()]
    schedule = Schedule(carrier.both_sides())
    found = list(on_both_sides(lake, cards, schedule, files, providers, groups))
    unconverted: set[str] = set()
    (sales, sale_gaps), (costs, cost_gaps) = (
        _in_currency(carrier, rows, currency, sign, unconverted)
        for rows, sign in zip(posted, (-1, 1), strict=True)
    )
    lines = _Lines(groups)
    gaps = sale_gaps | cost_gaps
    lines.count(found, gaps)
    lines.share(sales, found, gaps, lambda one: (one.account, one.day), "sale")
    lines.share(costs, found, gaps, lambda one: (one.provider or "", one.day), "cost")
    return Margin(lines.sorted(), currency, sorted(unconverted))


def _groups(by: Iterable[str]) -> list[str]:
    groups = list(dict.fromkeys([by] if isinstance(by, str) else by))
    for group in groups or [""]:
        if group not in GROUPS:
            near, known = did_you_mean(group, GROUPS), f"margins go by {', '.join(GROUPS)}"
            raise InputError(
                f"{group!r} is none of them{near}; {known}",
                shell=f"--by {group!r}{near}: {known}",
            )
    return groups


def _in_currency(
    carrier: Carrier,
    posted: Iterable[tuple[str, date, str, Decimal]],
    currency: str,
    sign: int,
    unconverted: set[str],
) -> tuple[dict[_Place, int], set[_Place]]:
    """What was posted by account and day in units of a currency, above 0 as charged or owed; and where it
    cannot be converted, as the day has no rate.
    """
    found: dict[_Place, int] = {}
    gaps: set[_Place] = set()
    for account, day, own, amount in posted:
        in_currency = converted(carrier.fx, sign * amount, own, currency, day)
        if in_currency is None:
            unconverted.add(own)
            gaps.add((account, day))
        else:
            found[account, day] = money.units(in_currency)
    return found, gaps


class _Lines:
    """The lines of a report, as they are added up."""

    def __init__(self, groups: Sequence[str]) -> None:
        self._groups = groups
        self._lines: dict[tuple[str, ...], MarginLine] = {}

    def sorted(self) -> list[MarginLine]:
        return [self._lines[groups] for groups in sorted(self._lines)]

    def count(self, found: Iterable[BothSides], gaps: set[_Place]) -> None:
        """Add the calls."""
        for one in found:
            line = self._line(one.groups)
            line.sums += Sums(one.calls, one.answered, one.duration_ms)
            if not _is_known(one, gaps):
                line.unknown_calls += one.answered
                line.no_provider += 0 if one.provider else one.answered

    def share(
        self,
        amounts: Mapping[_Place, int],
        found: Iterable[BothSides],
        gaps: set[_Place],
        place_of: Callable[[BothSides], _Place],
        side: str,
    ) -> None:
        """Add each amount, in units, to the lines of its calls; where it has none, to a line of its own."""
        by_place: dict[_Place, list[BothSides]] = defaultdict(list)
        for one in found:
            by_place[place_of(one)].append(one)
        for place, amount in amounts.items():
            own = by_place.get(place, [])
            if not own:
                self._add(self._without_calls(place, side), side, amount, is_known=True)
                continue
            weights = _weights(own, side)
            # Between known and unknown first: then no grouping changes what either comes to.
            parts: list[list[tuple[BothSides, int]]] = [[], []]
            for one, weight in zip(own, weights, strict=True):
                parts[not _is_known(one, gaps)].append((one, weight))
            of_parts = money.shared(amount, [sum(weight for _, weight in part) for part in parts])
            for part, of_part in zip(parts, of_parts, strict=True):
                shares = money.shared(of_part, [weight for _, weight in part]) if part else []
                for (one, _), share in zip(part, shares, strict=True):
                    self._add(one.groups, side, share, is_known=_is_known(one, gaps))

    def _line(self, groups: tuple[str, ...]) -> MarginLine:
        return self._lines.setdefault(groups, MarginLine(groups))

    def _add(self, groups: tuple[str, ...], side: str, units: int, *, is_known: bool) -> None:
        line, name = self._line(groups), side if is_known else f"unknown_{side}"
        setattr(line, name, getattr(line, name) + money.decimal_of_units(units))

    def _without_calls(self, place: _Place, side: str) -> tuple[str, ...]:
        account, day = place
        said = {"day": str(day), "account" if side == "sale" else "provider": account}
        return tuple(said.get(group, "") for group in self._groups)


def _is_known(one: BothSides, gaps: set[_Place]) -> bool:
    if (one.account, one.day) in gaps or (one.provider or "", one.day) in gaps:
        return not one.answered
    return one.is_known


def _weights(own: Sequence[BothSides], side: str) -> list[int]:
    """By what an amount is shared among calls: by their own prices; where they have none, by their length;
    where they have none either, by their number.
    """
    for weight in (f"{side}_weight", "duration_ms", "calls"):
        weights = [int(getattr(one, weight)) for one in own]
        if any(weights):
            return weights
    return weights


def _add(total: MarginLine, line: MarginLine) -> None:
    total.sums += line.sums
    for name in ("sale", "cost", "unknown_calls", "no_provider", "unknown_sale", "unknown_cost"):
        setattr(total, name, getattr(total, name) + getattr(line, name))
