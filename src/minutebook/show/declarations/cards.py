"""Cards as every door shows them: what is declared of each, beside its revisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from annotated_doc import Doc

from minutebook import money
from minutebook.cards.recipe import EXACT, Collapse, Combine, Require
from minutebook.days import instant_text
from minutebook.declarations.to_tables import to_table
from minutebook.show.cards import (
    CardTermsView,
    IntervalView,
    PricesView,
    RevisionView,
    intervals_text,
    live_text,
    prices,
)
from minutebook.show.serialise import Form, Instant, as_json
from minutebook.words import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from minutebook.cards.recipe import ProfitRule, Recipe
    from minutebook.cards.revision import Card, Revision

_COMBINED = {
    Combine.MIN: "the least of their prices",
    Combine.MAX: "the greatest of their prices",
    Combine.AVG: "the mean of their prices",
}
_COLLAPSED = {
    Collapse.MIN: "the least price",
    Collapse.MAX: "the greatest price",
    Collapse.AVG: "the mean of the prices",
}


@dataclass(frozen=True)
class ListedCardView:
    """A revision of a card, as it stands now; or a card that has none yet."""

    card: Annotated[str, Doc("its name")]
    revision: Annotated[
        int | None, Doc("1, 2, …; null: the card has none yet, it is declared alone")
    ]
    currency: Annotated[str, Doc("of its prices")]
    prefixes: Annotated[int | None, Doc("how many it prices; null likewise")]
    standing: Annotated[str | None, Doc("as of `card import`; null likewise")]
    live_at: Annotated[
        datetime | None,
        Form("instant or always", live_text),
        Doc("as of `card import`; null likewise"),
    ]
    in_force: Annotated[list[IntervalView], Doc("when it is in force, in order of time")]
    file: Annotated[str | None, Doc("the deck's name; null likewise")]
    kind: Annotated[str | None, Doc('`"buy"` or `"sell"`; null: not said')]
    build: Annotated[
        dict[str, Any] | None,
        Doc("how the card is built, as [an apply file](apply.md#card) says it; null: it is not"),
    ]
    imported_at: Annotated[
        Instant | None, Doc("when the revision was imported, built or made by hand; null: none")
    ]
    imported_by: Annotated[str | None, Doc("by whom; null likewise")]


def listed_cards(
    card: Card, now: datetime, by: Mapping[tuple[str, int], str]
) -> list[ListedCardView]:
    """The revisions of a card, as they stand at an instant; itself, where it has none. `by`: who brought each."""
    declared = _declared(card)
    if not card.revisions:
        return [
            ListedCardView(
                card.name,
                None,
                card.currency,
                None,
                None,
                None,
                [],
                None,
                **declared,
                imported_at=None,
                imported_by=None,
            )
        ]
    found = []
    for revision in card.revisions:
        known = {**vars(RevisionView.of(card, revision, now)), **declared}
        found.append(ListedCardView(**known, **_brought(revision, by)))
    return found


def listed_row(view: ListedCardView) -> dict[str, Any]:
    """A line of a table: in words when it is in force, and what it is built from."""
    told = "" if view.build is None else f"from {', '.join(view.build['from'])}"
    in_force = intervals_text(view.in_force)
    return {**as_json(view), "in_force": in_force, "build": told}


@dataclass(frozen=True)
class CardView(PricesView):
    """A card: what is declared of it, and the revision in force with its prices."""

    kind: Annotated[str | None, Doc('`"buy"` or `"sell"`; null: not said')]
    build: Annotated[
        dict[str, Any] | None,
        Doc("how it is built, as [an apply file](apply.md#card) says it; null: it is not"),
    ]
    imported_at: Annotated[Instant, Doc("when the revision was imported, built or made by hand")]
    imported_by: Annotated[str | None, Doc("by whom")]

    @classmethod
    def of_prices(
        cls, card: Card, prices: PricesView, by: Mapping[tuple[str, int], str]
    ) -> CardView:
        """The card with these prices; `by`: who brought each revision."""
        brought = _brought(card.numbered(prices.revision), by)
        return cls(**vars(prices), **_declared(card), **brought)

    @classmethod
    def of_revision(
        cls,
        card: Card,
        revision: Revision,
        frame: pl.DataFrame,
        by: Mapping[tuple[str, int], str],
        now: datetime,
    ) -> CardView:
        """The card with the prices of a revision, its rows as `book.cards.prices` gives them, as it stands at an instant."""
        priced = PricesView(
            **vars(RevisionView.of(card, revision, now)),
            terms=CardTermsView.of(revision.terms),
            prices=prices(frame),
        )
        return cls.of_prices(card, priced, by)

    def brought_words(self) -> str:
        """Where the revision is from, who brought it, and when."""
        by = f" by {self.imported_by}" if self.imported_by else ""
        return f"Brought{by} at {instant_text(self.imported_at)}: {self.file}."


def _brought(revision: Revision, by: Mapping[tuple[str, int], str]) -> dict[str, Any]:
    return {
        "imported_at": revision.imported_at,
        "imported_by": by.get((revision.card, revision.number)),
    }


def _declared(card: Card) -> dict[str, Any]:
    table = {} if card.declared is None else to_table(card.declared)
    return {"kind": table.get("kind"), "build": table.get("build")}


def declared_words(card: Card) -> list[str]:
    """A sentence each: whose prices a card has, and how it is built."""
    declared = card.declared
    if declared is None:
        return []
    if declared.build is None:
        return [] if declared.kind is None else [f"It is a {declared.kind} card."]
    return recipe_words(declared.build, declared.currency)


def recipe_words(recipe: Recipe, currency: str) -> list[str]:
    """How a card is built, a sentence each."""
    names = [repr(name) for name in recipe.parents]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    how = f": {combined_words(recipe)}" if len(names) > 1 else ""
    said = [f"It is built from {listed}{how}."]
    if recipe.require is Require.ALL:
        said.append("A prefix that one of them has no price for is left out.")
    if recipe.collapse is Collapse.KEEP:
        said.append("Prices that differ by band, jurisdiction, origin or caller stay apart.")
    elif recipe.collapse is not None:
        said.append(f"Of several bands of one of them, {_COLLAPSED[recipe.collapse]} counts.")
    said += [f"{where_words(rule)}: {profit_words(rule, currency)}." for rule in recipe.profit]
    if recipe.rounding != EXACT:
        decimals = counted(recipe.rounding.decimals, "decimal")
        said.append(f"Its prices are rounded {recipe.rounding.effective_method} to {decimals}.")
    return said


def combined_words(recipe: Recipe) -> str:
    """What is made of the parents' prices, in words."""
    if recipe.combine is Combine.NTH:
        return f"number {recipe.nth} of their prices, the cheapest being 1"
    if recipe.combine is Combine.WEIGHTED:
        by = "weights"
        if recipe.minutes is not None:
            by = f"minutes from {recipe.minutes[0]} to {recipe.minutes[1]}"
        if not recipe.weights:
            return f"the mean of their prices by the {by}"
        weights = (f"{name} {money.text(weight, 0)}" for name, weight in recipe.weights.items())
        return f"the mean of their prices by the {by}: {', '.join(weights)}"
    return _COMBINED[recipe.combine]


def where_words(rule: ProfitRule) -> str:
    """Of which numbers a rule of profit is, in words."""
    if rule.countries:
        return f"On {', '.join(rule.countries)}"
    digits = [*rule.prefixes, *rule.patterns]
    return f"On {', '.join(digits)}" if digits else "On all others"


def profit_words(rule: ProfitRule, currency: str) -> str:
    """What a rule puts on a price, in words."""
    said = []
    if rule.percent is not None:
        said.append(f"{money.text(rule.percent, 0)} per cent")
    if rule.add is not None:
        said.append(f"{money.text(rule.add, 0)} {currency} a minute")
    if rule.price is not None:
        said.append(f"the price is {money.text(rule.price, 0)} {currency} a minute")
    if rule.floor is not None:
        said.append(f"at least {money.text(rule.floor, 0)}")
    if rule.ceiling is not None:
        said.append(f"at most {money.text(rule.ceiling, 0)}")
    if rule.cap is not None:
        said.append(f"blocked above {money.text(rule.cap, 0)}")
    return ", ".join(said)
