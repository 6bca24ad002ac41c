"""What applying does to a declaration: it is added, changed in some keys, or left."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

from minutebook.declarations.to_tables import to_table
from minutebook.notebook import Rows, Shown

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from minutebook.declarations.overlaps import Overlap


class Action(StrEnum):
    """What applying does to a declaration."""

    ADDED = "added"
    CHANGED = "changed"
    LEFT = "left"


@dataclass(frozen=True, slots=True, repr=False)
class Change(Shown):
    """One declaration before and after; equal where it is left.

    `follows`: of a plan's new revision, the revision that held until then.
    """

    _TOLD: ClassVar = ("kind", "name", "action", "from_day", "keys")
    kind: str
    name: str
    before: Any
    """What was declared; None where it is new."""
    after: Any
    """What is declared now."""
    follows: Any = None
    """Of a plan's new revision, the revision that held until then."""

    @property
    def action(self) -> Action:
        if self.before is None:
            return Action.ADDED
        return Action.LEFT if self.before == self.after else Action.CHANGED

    @property
    def from_day(self) -> date | None:
        """Of a plan: from which day the revision holds; None from always."""
        return self.after.from_day if self.kind == "plan" else None

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of its table that differ, as `differences` has them."""
        return tuple(change.key for change in self.differences())

    def differences(self) -> list[KeyChange]:
        """The keys of its table that differ, in the table's order; none where it is left or the first.

        A new revision of a plan is held against the one before it.
        """
        earlier = self.follows if self.before is None else self.before
        if earlier is None:
            return []
        before, after = _by_key(earlier), _by_key(self.after)
        return [
            KeyChange(key, before.get(key), after.get(key))
            for key in dict.fromkeys([*after, *before])
            if before.get(key) != after.get(key) and not (key == "from" and self.before is None)
        ]


class Applied(Rows[Change]):
    """What applying does to each declaration; and `overlaps`, the tables that compete for calls with
    those of accounts that are added or changed.
    """

    def __init__(self, changes: Iterable[Change], competing: Iterable[Overlap] = ()) -> None:
        super().__init__(changes)
        self.overlaps = tuple(competing)


@dataclass(frozen=True, slots=True, repr=False)
class KeyChange(Shown):
    """A key of a declaration's table, and its value before and after; None where it has none.

    A term of an account is a key of its own, `terms from 2026-10-01`.
    """

    key: str
    before: Any
    after: Any


def _by_key(declared: Any) -> dict[str, Any]:
    table = to_table(declared)
    terms = {f"terms from {term['from']}": term for term in table.pop("terms", [])}
    return table | terms
