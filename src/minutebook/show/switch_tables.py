"""The tables of a switch, as every door shows that they were written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook.days import instant_text
from minutebook.show.routes import NotRoutedView, why_not
from minutebook.words import counted, some_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from minutebook.statements.switch_tables import SwitchTables


@dataclass(frozen=True)
class SwitchFileView:
    """A file of a switch's tables."""

    file: Annotated[str, Doc("where it is")]
    table: Annotated[str, Doc("that it fills")]
    rows: Annotated[int, Doc("without the header")]


@dataclass(frozen=True)
class TakenClassView:
    """Whose prices of a card that go by the caller stand in the tables of a switch."""

    card: Annotated[str, Doc("the card, or the plan that calls are sold by")]
    classes: Annotated[
        list[str], Doc("the jurisdictions, origins or callers' prefixes; of several the dearest")
    ]
    by_routing_number: Annotated[
        bool, Doc("whether the card prices ported numbers by their routing numbers")
    ]

    @property
    def words(self) -> str:
        """As a sentence says it."""
        if len(self.classes) == 1:
            return f"of {self.card} those of {self.classes[0]}"
        return f"of {self.card} the dearest of {some_of(self.classes)}"


@dataclass(frozen=True)
class SwitchTablesView:
    """The tables of a switch that were written."""

    switch: Annotated[str, Doc('`"kamailio-lcr"`, `"kamailio-drouting"` or `"asterisk"`')]
    at: Annotated[str, Doc("the instant whose revisions priced them, UTC")]
    currency: Annotated[str, Doc("that costs were compared in")]
    prefixes: Annotated[int, Doc("how many prefixes the cards have")]
    rules: Annotated[int, Doc("how many the switch needs; others say what a shorter one says")]
    providers: Annotated[list[str], Doc("those that have a gateway there, by name")]
    without: Annotated[list[NotRoutedView], Doc("the other providers, each with its reason")]
    files: Annotated[list[SwitchFileView], Doc("what was written")]
    callers: Annotated[
        list[TakenClassView],
        Doc("of cards whose prices go by the caller, whose prices stand in them"),
    ]

    @classmethod
    def of(cls, tables: SwitchTables, paths: Iterable[Path]) -> SwitchTablesView:
        """What was written to these files, in the order of the tables."""
        written = [
            SwitchFileView(str(path), name, frame.height)
            for path, (name, frame) in zip(paths, tables.files.items(), strict=True)
        ]
        without = [
            NotRoutedView(
                one.provider, one.card, one.reason.value, None,
                why_not(one, "", tables.at, tables.currency),
            )
            for one in tables.without
        ]  # fmt: skip
        return cls(
            tables.format.value, instant_text(tables.at), tables.currency, tables.prefixes,
            tables.rules, list(tables.providers), without, written,
            [
                TakenClassView(one.card, list(one.classes), one.by_routing_number)
                for one in tables.taken
            ],
        )  # fmt: skip

    @property
    def notes(self) -> list[str]:
        """What is to be known of them, in words."""
        told = f"{self.prefixes:,} prefixes, {counted(len(self.providers), 'provider')}"
        rules = (
            f"{counted(self.rules, 'rule')} say all: others would say what a shorter prefix says."
        )
        return [
            f"{told}; {rules}",
            *(f"Not by {one.provider}: {one.message}." for one in self.without),
            *self._of_callers(),
        ]

    def _of_callers(self) -> list[str]:
        if not self.callers:
            return []
        taken = "; ".join(one.words for one in self.callers)
        notes = [
            f"Prices that go by the caller: {taken}. Another caller's call may have another order."
        ]
        if routed := [one.card for one in self.callers if one.by_routing_number]:
            notes.append(
                f"{some_of(routed)} has prices of routing numbers: let the switch look a ported number up before it"
                " asks these tables."
            )
        return notes
