"""What a deck's file was read as, for every door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Self

from annotated_doc import Doc

from minutebook.days import instant_text
from minutebook.intake.deck_notice import notice_words
from minutebook.show.cards import RevisionView
from minutebook.show.serialise import Instant
from minutebook.words import some_of

if TYPE_CHECKING:
    from datetime import datetime

    from minutebook.cards.deck_files.table import DeckSource
    from minutebook.cards.revision import Card
    from minutebook.cards.short_notice import ShortNotice
    from minutebook.intake.rate_cards import Taken

_TITLES = 3
_TERMS = {
    "increment": ("increments", "--increment"),
    "connect_fee": ("connect fees", "--connect-fee"),
    "grace_ms": ("grace", "--grace"),
    "free_ms": ("free seconds", "--free-seconds"),
    "rounding": ("roundings", "--rounding"),
    "minimum_cost": ("least costs", "--minimum-cost"),
    "maximum_cost": ("most costs", "--maximum-cost"),
}
"""What rows say beside their price, in words, and the option that says it of all rows."""
"""Of the lines above a header so many are told."""


@dataclass(frozen=True)
class DeckSourceView:
    """What a deck's file was read as."""

    kind: Annotated[str, Doc('the kind of file: `"CSV"`, `"XLSX"`, `"XLS"`, `"ODS"` or `"JSON"`')]
    inside: Annotated[str | None, Doc("the file that was read of a zip archive; null: it is none")]
    encoding: Annotated[
        str | None, Doc('the encoding of its text, `"UTF-8"`; null: it says it itself')
    ]
    delimiter: Annotated[str | None, Doc("what stands between its cells; null: it is no text")]
    sheet: Annotated[str | None, Doc("the sheet that was read of a workbook; null: it is none")]
    sheets: Annotated[list[str], Doc("all sheets of the workbook, hidden ones too")]
    deck_card: Annotated[
        str | None,
        Doc("the card that was read of an interconnect rate card in JSON; null: it is none"),
    ]
    deck_cards: Annotated[list[str], Doc("all cards of the file in JSON")]
    titles: Annotated[list[str], Doc("the lines above the header, which are not read as rows")]
    header_line: Annotated[
        int | None, Doc("the line of the header; null: it has none, or is no table of lines")
    ]

    @classmethod
    def of(cls, source: DeckSource) -> Self:
        """The same, as doors show it."""
        return cls(
            kind=source.kind,
            inside=source.inside,
            encoding=source.encoding,
            delimiter=source.delimiter,
            sheet=source.sheet,
            sheets=list(source.sheets),
            deck_card=source.deck_card,
            deck_cards=list(source.deck_cards),
            titles=list(source.titles),
            header_line=source.header_line,
        )


@dataclass(frozen=True)
class ShortNoticeView:
    """Rows that hold sooner after the deck came, or after they are taken live, than is agreed."""

    at: Annotated[Instant, Doc("from when they hold")]
    kind: Annotated[str, Doc('`"rise"`, `"fall"`, `"new"` or `"closed"`')]
    given_days: Annotated[
        int,
        Doc("from the day on which the deck came, or they are taken live; negative: before it"),
    ]
    owed_days: Annotated[int, Doc("the days that are agreed")]
    prefixes: Annotated[list[str], Doc("of which prefixes")]

    @classmethod
    def of(cls, short: ShortNotice) -> Self:
        """The rows."""
        return cls(
            short.at, str(short.kind), short.given_days, short.owed_days, list(short.prefixes)
        )


@dataclass(frozen=True)
class ImportedRevisionView(RevisionView):
    """The revision that a deck is."""

    added: Annotated[bool, Doc("false where the deck was the latest revision already")]
    later: Annotated[
        list[RevisionView],
        Doc("the further revisions of a deck whose rows begin or end at several instants"),
    ]
    read_as: Annotated[DeckSourceView, Doc("what the deck's file was read as")]
    partial: Annotated[bool, Doc("whether the deck changed the rows that it names alone")]
    made_from: Annotated[
        list[int],
        Doc(
            "the revisions whose other rows a partial one has; of a full one, that which it replaces"
        ),
    ]
    short_notice: Annotated[
        list[ShortNoticeView], Doc("what of it holds sooner than the card's notice")
    ]

    @classmethod
    def of_taken(cls, card: Card, taken: Taken, now: datetime) -> ImportedRevisionView:
        """The revisions that a deck became, as they stand at an instant."""
        first, *later = [
            RevisionView.of(card, revision, now) for revision in (taken.revision, *taken.later)
        ]
        return cls(
            **vars(first),
            added=taken.added,
            later=later,
            read_as=DeckSourceView.of(taken.source),
            partial=taken.partial,
            made_from=list(taken.made_from),
            short_notice=[ShortNoticeView.of(short) for short in taken.short_notice],
        )


def deck_source_words(source: DeckSource) -> list[str]:
    """Sentences about what was chosen of a deck's file; none where there was nothing to choose."""
    said = []
    if source.inside is not None:
        said.append(f"read {source.inside} of the archive")
    if source.encoding is not None and source.encoding not in ("UTF-8", "UTF-16"):
        said.append(
            f"the deck is no UTF-8 text, and was read as {source.encoding}; where names look wrong, say --encoding"
        )
    if len(source.sheets) > 1:
        others = [repr(name) for name in source.sheets if name != source.sheet]
        said.append(f"read sheet {source.sheet!r}, and not {some_of(others, 10)}")
    if len(source.deck_cards) > 1:
        cards = [repr(name) for name in source.deck_cards if name != source.deck_card]
        said.append(f"read card {source.deck_card!r}, and not {some_of(cards, 10)}")
    if source.titles:
        more = len(source.titles) - _TITLES
        told = [repr(title) for title in source.titles[:_TITLES]]
        told += [f"{more} more"] if more > 0 else []
        said.append(f"above the header in line {source.header_line}, not read: {', '.join(told)}")
    return said


def deck_taken_words(taken: Taken) -> list[str]:
    """Sentences about how a deck stands to the revision before: whose rows a partial one has, what a full one lacks."""
    said = [f"sooner than agreed: {notice_words(short)}" for short in taken.short_notice]
    if taken.partial:
        bases = " and ".join(map(str, taken.made_from))
        said.append(f"a partial deck: the rows that it does not name are those of revision {bases}")
        if taken.absent:
            said.append(f"removed, and not there before: {some_of(taken.absent, 5)}")
        for one in taken.not_in:
            number = one.revision.number if one.revision else 0
            said.append(
                f"revision {number} begins {instant_text(one.start)}, and does not have these changes;"
                f" import the deck for that instant too: --live {instant_text(one.start)}"
            )
    if (held := taken.holds_before) is not None and held.live_at is not None:
        begins = instant_text(held.live_at)
        said.append(
            f"revision {held.number} has the same rows, and holds from {begins} as before; if it should not, take it back:"
            f" minutebook card withdraw {held.card} {held.number} --at {begins}"
        )
    if taken.silent:
        words, options = zip(*(_TERMS[term] for term in taken.silent), strict=True)
        said.append(
            f"rows of revision {taken.made_from[-1]} say {some_of(words, 9)}, and neither this deck nor the card does: what the"
            f" plan says holds, or the default; where that is not meant, say {some_of(options, 9)}"
        )
    if not taken.partial and taken.gone and taken.gone > taken.revision.prefixes:
        said.append(
            f"{taken.gone:,} prefixes of revision {taken.made_from[-1]} are not in the deck, and are gone with it; if it has"
            " changes alone, say --partial"
        )
    return said
