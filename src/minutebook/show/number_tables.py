"""Tables of North American numbers as every door shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook.show.serialise import Instant

if TYPE_CHECKING:
    from minutebook.cards.number_table import NumberTable
    from minutebook.intake.number_tables import TakenNumbers


@dataclass(frozen=True)
class NumberTableView:
    """A table of numbers that was imported."""

    kind: Annotated[str, Doc('`"states"` or `"ported"`')]
    rows: Annotated[int, Doc("how many offices, or ported numbers, it has")]
    file: Annotated[str, Doc("the name of the file that it was read from")]
    sha256: Annotated[str, Doc("of what is kept of it: revisions of cards name it so")]
    imported_at: Annotated[Instant, Doc("when it was imported")]
    imported_by: Annotated[str, Doc("by whom")]

    @classmethod
    def of(cls, table: NumberTable) -> NumberTableView:
        """The table's line."""
        return cls(
            kind=str(table.kind),
            rows=table.rows,
            file=table.file,
            sha256=table.sha256,
            imported_at=table.imported_at,
            imported_by=table.imported_by,
        )


@dataclass(frozen=True)
class ImportedNumbersView(NumberTableView):
    """A table of numbers that was taken in."""

    added: Annotated[bool, Doc("false: the newest one of its kind is the same")]
    stateless: Annotated[
        int, Doc("of its offices: those in no state, whose calls are indeterminate")
    ]

    @classmethod
    def of_taken(cls, taken: TakenNumbers) -> ImportedNumbersView:
        """What became of it."""
        table = NumberTableView.of(taken.table)
        return cls(**vars(table), added=taken.added, stateless=taken.stateless)
