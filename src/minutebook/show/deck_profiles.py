"""How decks are read, kept by a name, for every door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook.show.deck_previews import DeckColumnView
from minutebook.show.serialise import Instant
from minutebook.words import some_of

if TYPE_CHECKING:
    from minutebook.cards.deck_profile import DeckProfile


@dataclass(frozen=True)
class DeckProfileView:
    """How decks are read that look like one which was read before."""

    name: Annotated[str, Doc("its name")]
    currency: Annotated[str, Doc("of the prices")]
    columns: Annotated[list[DeckColumnView], Doc("the columns that are read, and as what")]
    ignore: Annotated[
        list[str],
        Doc("headings, and lines above the header, that are not read, by the user's word"),
    ]
    headings: Annotated[list[str], Doc("all headings; none: the decks have no header")]
    sheet: Annotated[str | None, Doc("the sheet of a workbook; null: they are none")]
    encoding: Annotated[str | None, Doc("of the text, where the user said it")]
    dates: Annotated[
        str | None, Doc('of dates in numbers: `"dmy"`, `"mdy"`; null: there were none')
    ]
    decimals: Annotated[
        str | None, Doc('the decimal mark: `"comma"`, `"point"`; null: it is told from the prices')
    ]
    card: Annotated[str, Doc("the card that the deck was for of which it was kept")]
    file: Annotated[str, Doc("that deck's name")]
    saved_at: Annotated[Instant | None, Doc("when it was kept")]
    saved_by: Annotated[str, Doc("by whom")]

    @classmethod
    def of(cls, profile: DeckProfile) -> DeckProfileView:
        """The profile."""
        return cls(
            name=profile.name,
            currency=profile.currency,
            columns=[
                DeckColumnView(
                    c.field, c.heading, c.number, c.unit.replace("money", profile.currency)
                )
                for c in profile.columns
            ],
            ignore=list(profile.ignore),
            headings=list(profile.headings),
            sheet=profile.sheet,
            encoding=profile.encoding,
            dates=profile.dates,
            decimals=profile.decimals,
            card=profile.card,
            file=profile.file,
            saved_at=profile.saved_at,
            saved_by=profile.saved_by,
        )


def profile_notes(profile: DeckProfile) -> list[str]:
    """What a profile says beside its columns, a sentence each."""
    said = []
    if not profile.headings:
        said.append("The decks have no header.")
    if profile.ignore:
        said.append(f"Not read, by the user's word: {some_of(profile.ignore, 9)}.")
    if profile.encoding:
        said.append(f"Text is {profile.encoding}.")
    if profile.decimals:
        said.append(f"Decimals begin with a {profile.decimals}.")
    if profile.dates:
        first = "day" if profile.dates == "dmy" else "month"
        said.append(f"Dates of numbers have the {first} first.")
    return said
