"""The book itself as every door shows it: made, declared, stopped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from annotated_doc import Doc

from minutebook.show.overlaps import OverlapView
from minutebook.show.runs import CheckView
from minutebook.show.serialise import Day, Instant

if TYPE_CHECKING:
    from minutebook.backups.manifest import Backup, Restored
    from minutebook.declarations.change import Applied, Change
    from minutebook.ledger.homes import Adopted


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
class AdoptedView:
    """Which folder's book writes to the database."""

    book: Annotated[str, Doc("the folder, absolute")]
    adopted: Annotated[bool, Doc("whether anything changed")]
    before: Annotated[str | None, Doc("the folder that wrote before, and its machine; null: none")]
    guarded: Annotated[
        bool, Doc("whether it matters; false: the database and the lake lie in the folder itself")
    ]

    @classmethod
    def of(cls, found: Adopted) -> AdoptedView:
        """The folder, and the one before it."""
        return cls(str(found.path), found.adopted, found.before, found.guarded)


@dataclass(frozen=True)
class BackupView:
    """A backup that was taken."""

    backup: Annotated[str, Doc("the folder, absolute")]
    book: Annotated[str | None, Doc("the name of the book; null: it has none")]
    taken_at: Annotated[Instant, Doc("when")]
    schema: Annotated[str, Doc("of the database")]
    lake_version: Annotated[int, Doc("of the calls; -1 before any import")]
    rows: Annotated[int, Doc("in all tables of the ledger")]
    files: Annotated[int, Doc("that it holds")]
    size_bytes: Annotated[int, Doc("of all files")]
    unrecorded: Annotated[str | None, Doc("why `audit` does not have it; null: it does")]

    @classmethod
    def of(cls, taken: Backup) -> BackupView:
        """The backup."""
        return cls(
            str(taken.folder),
            taken.book,
            taken.taken_at,
            taken.schema,
            taken.lake_version,
            taken.rows,
            taken.files,
            taken.size_bytes,
            taken.unrecorded,
        )


@dataclass(frozen=True)
class RestoredView:
    """A book that was made of a backup."""

    book: Annotated[str, Doc("its folder, absolute")]
    backup: Annotated[str, Doc("the folder of the backup, absolute")]
    taken_at: Annotated[Instant, Doc("when the backup was taken")]
    rows: Annotated[int, Doc("in all tables of the ledger")]
    ok: Annotated[bool, Doc("whether the book is proved; false: status 1")]
    checks: Annotated[list[CheckView], Doc("as of `verify`")]

    @classmethod
    def of(cls, restored: Restored) -> RestoredView:
        """The book, and what `verify` says of it."""
        checks = CheckView.of(restored.checks)
        taken = restored.backup
        return cls(
            str(restored.path),
            str(taken.folder),
            taken.taken_at,
            taken.rows,
            all(check.ok for check in checks),
            checks,
        )


@dataclass(frozen=True)
class DeclaredView:
    """What is declared, as the tables of an apply file that makes an empty book alike."""

    source: Annotated[dict[str, Any], Doc("the tables of sources, by name")]
    plan: Annotated[
        dict[str, Any], Doc("the tables of plans, by name; later revisions under `revision`")
    ]
    account: Annotated[dict[str, Any], Doc("the tables of accounts, by name")]
    server: Annotated[dict[str, Any], Doc("the tables of servers, by name")]
    card: Annotated[dict[str, Any], Doc("the tables of cards that are declared, by name")]
    provider: Annotated[dict[str, Any], Doc("the tables of providers, by name")]
    fx: Annotated[dict[str, Any], Doc("the rates of exchange, by pair")]
    schedule: Annotated[dict[str, Any], Doc("the tables of schedules, by name")]


@dataclass(frozen=True)
class KeyChangeView:
    """A key of a declaration that applying changes."""

    key: Annotated[
        str, Doc("as an apply file says it; a term of an account `terms from 2026-10-01`")
    ]
    before: Annotated[Any, Doc("its value, as an apply file says it; null: none")]
    after: Annotated[Any, Doc("as `before`")]


@dataclass(frozen=True)
class ChangeView:
    """A declaration of apply files, and what applying does to it."""

    kind: Annotated[
        str,
        Doc(
            '`"plan"`, `"account"`, `"server"`, `"source"`, `"card"`, `"provider"`, `"fx"` or `"schedule"`'
        ),
    ]
    name: Annotated[str, Doc("its name")]
    from_: Annotated[Day | None, Doc("of a plan: its revision; null from always")]
    action: Annotated[str, Doc('`"added"`, `"changed"` or `"left"`')]
    keys: Annotated[
        list[KeyChangeView],
        Doc(
            "that are changed; of a new revision of a plan, those that differ from the revision before"
        ),
    ]

    @classmethod
    def of(cls, change: Change) -> ChangeView:
        """The change."""
        keys = [KeyChangeView(key.key, key.before, key.after) for key in change.differences()]
        return cls(change.kind, change.name, change.from_day, change.action, keys)

    def rows(self) -> list[dict[str, Any]]:
        """A row, or where keys are changed one for each."""
        from minutebook.declarations.to_toml import spelled

        row = {"kind": self.kind, "name": self.name, "from": self.from_, "action": self.action}
        values = [
            {"key": key.key}
            | {
                name: "" if value is None else spelled(value)
                for name, value in (("before", key.before), ("after", key.after))
            }
            for key in self.keys
        ]
        return [row | value for value in values] or [row]


@dataclass(frozen=True)
class AppliedView:
    """What apply files changed."""

    added: Annotated[list[str], Doc('`"plan retail"`, `"account acme"`, …')]
    changed: Annotated[list[str], Doc("what was declared otherwise before")]
    left: Annotated[list[str], Doc("what was declared so already")]
    dry_run: Annotated[bool, Doc("true: nothing was changed")]
    changes: Annotated[list[ChangeView], Doc("each declaration, each revision of a plan by itself")]
    overlaps: Annotated[
        list[OverlapView],
        Doc(
            "match tables that compete for calls with those of accounts added or changed, ties first"
        ),
    ]

    @classmethod
    def of(cls, changes: Applied, *, dry_run: bool) -> AppliedView:
        """Each declaration under what was done: a plan once, however many of its revisions are told."""
        done: dict[str, set[str]] = {}
        for change in changes:
            done.setdefault(f"{change.kind} {change.name}", set()).add(str(change.action))

        def named(action: str) -> list[str]:
            return [
                name
                for name, actions in done.items()
                if action == ("changed" if len(actions) > 1 else next(iter(actions)))
            ]

        told = [ChangeView.of(change) for change in changes]
        competing = [OverlapView.of(one) for one in changes.overlaps]
        return cls(named("added"), named("changed"), named("left"), dry_run, told, competing)
