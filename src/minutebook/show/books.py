"""The book itself as every door shows it: made, declared, stopped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from minutebook.declarations.merge import Change


@dataclass(frozen=True)
class BookView:
    """A book that was made."""

    book: Annotated[str, Doc("the folder, absolute")]
    currency: Annotated[str, Doc("of cards that name none")]


@dataclass(frozen=True)
class StoppedView:
    """A book whose database was stopped."""

    book: Annotated[str, Doc("the folder, absolute")]
    stopped: Annotated[bool, Doc("false: the database is an outside one")]


@dataclass(frozen=True)
class AppliedView:
    """What apply files changed."""

    added: Annotated[list[str], Doc('`"plan retail"`, `"account acme"`, …')]
    changed: Annotated[list[str], Doc("what was declared otherwise before")]
    left: Annotated[list[str], Doc("what was declared so already")]

    @classmethod
    def of(cls, changes: Sequence[Change]) -> AppliedView:
        """Each change under what was done."""

        def named(action: str) -> list[str]:
            return [f"{c.kind} {c.name}" for c in changes if c.action == action]

        return cls(named("added"), named("changed"), named("left"))
