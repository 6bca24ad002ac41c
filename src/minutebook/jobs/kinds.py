"""What a job can be: its arguments, made sure of, and the command that does it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from minutebook.days import in_order, read_day
from minutebook.errors import InputError
from minutebook.jobs.kept_disputes import dispute_files, make_room
from minutebook.words import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    Arguments = dict[str, Any]

_MOST_LETTERS: Final = 4096
_MOST_FILES: Final = 1000
RECONCILE: Final = "reconcile"
"""The kind of a dispute."""
DECK_PREVIEW: Final = "deck preview"
"""The kind of a look at what a deck would change."""
_QUIET_S: Final = 60
_MOST_QUIET_S: Final = 86_400


def check_job(kind: str, arguments: Mapping[str, Any]) -> Arguments:
    """What a job is to be done with, as it is kept; `InputError` for what no kind is or takes, or lacks."""
    if kind not in KINDS:
        kinds = ", ".join(KINDS)
        raise InputError(f"there is no job {kind!r}{did_you_mean(kind, KINDS)}; ask for {kinds}")
    needed, others, _ = KINDS[kind]
    known = needed | others
    for name in arguments.keys() - known.keys():
        raise InputError(
            f"a job {kind} takes no {name!r}{did_you_mean(str(name), known)}; it takes {', '.join(known) or 'nothing'}"
        )
    for name in needed:
        if arguments.get(name) is None:
            raise InputError(f"a job {kind} needs {name}; say it")
    kept = {
        name: known[name](arguments[name], name)
        for name in known
        if arguments.get(name) not in (None, False)
    }
    if {"from", "to"} <= kept.keys():
        in_order(read_day(kept["from"], "from"), read_day(kept["to"], "to"))
    return kept


def words_of(kind: str, arguments: Arguments, book: Path, now: datetime) -> list[str]:
    """The words of the command that does a job; none where there is nothing to do. What was asked for stands behind = or --,
    so that none of it is an option. `book` is its folder. `InputError` where a folder cannot be read.
    """
    if kind == "import folder":
        return _import_folder(arguments, book, now)
    if kind == RECONCILE:
        return _reconcile(arguments, book)
    *_, words = KINDS[kind]
    return words(arguments)


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise InputError(f"{name} is no text; say one")
    if len(value) > _MOST_LETTERS:
        raise InputError(f"{name} is longer than {_MOST_LETTERS} letters; say a shorter one")
    return value


def _day(value: Any, name: str) -> str:
    return read_day(_text(str(value), name), name).isoformat()


def _yes(value: Any, name: str) -> bool:
    if value is not True:
        raise InputError(f"{name} is neither true nor false; say one of them")
    return True


def _seconds(value: Any, name: str) -> int:
    if type(value) is not int or not 0 <= value <= _MOST_QUIET_S:
        raise InputError(f"{name} is no number of seconds up to {_MOST_QUIET_S:,}; say one")
    return value


def _options(arguments: Arguments, *names: str) -> list[str]:
    """Those that are asked for, as --name=value."""
    return [f"--{name}={arguments[name]}" for name in names if name in arguments]


def _bill(asked: Arguments) -> list[str]:
    ahead = ["--force"] if asked.get("ahead") else []
    return ["bill", *_options(asked, "through"), *ahead]


def _import(asked: Arguments) -> list[str]:
    complete = ["--complete"] if asked.get("complete") else []
    format_ = asked.get("format", "auto")
    return ["import", *_options(asked, "source"), *complete, "--", format_, asked["file"]]


def _import_folder(asked: Arguments, book: Path, now: datetime) -> list[str]:
    """The files of a folder that nobody has written to for a while, each by itself; then they lie in its `done` or `refused`."""
    folder = book / asked["folder"]
    last_s = now.timestamp() - asked.get("quiet_seconds", _QUIET_S)
    try:
        files = sorted(
            path
            for path in folder.iterdir()
            if path.is_file() and not path.name.startswith(".") and path.stat().st_mtime <= last_s
        )
        moves = []
        for name in ("done", "refused") if files else ():
            (folder / name).mkdir(exist_ok=True)
            moves.append(f"--{name}={Path(asked['folder'], name)}")
    except OSError as error:
        raise InputError(
            f"{asked['folder']}: {error.strerror or error}; make the folder, or mend the schedule"
        ) from None
    if not files:
        return []
    named = [str(Path(asked["folder"], path.name)) for path in files[:_MOST_FILES]]
    options = ["--each", *moves, *_options(asked, "source")]
    return ["import", *options, "--", asked.get("format", "auto"), *named]


def _import_again(asked: Arguments) -> list[str]:
    file = [asked["file"]] if "file" in asked else []
    others = ["--other-calls"] if asked.get("other_calls") else []
    return ["import", *_options(asked, "reason"), *others, "--", "again", asked["import"], *file]


def _deck_preview(asked: Arguments) -> list[str]:
    """What a deck would change, with the calls of the last days by both prices."""
    lines = [
        f"--{name}={line.strip()}"
        for name in ("map", "ignore")
        for line in asked.get(name, "").splitlines()
        if line.strip()
    ]
    texts = [
        f"--{name.replace('_', '-')}={asked[name]}"
        for name, check in _READING.items()
        if check is _text and name in asked and name not in ("map", "ignore")
    ]
    flags = [f"--{name}" for name in ("partial", "strict") if asked.get(name)]
    return ["card", "import", "--preview", *texts, *lines, *flags, "--", asked["card"], asked["file"]]  # fmt: skip


def _review(asked: Arguments) -> list[str]:
    return ["review", *_options(asked, "from", "to"), "--", asked["account"]]


def _reconcile(asked: Arguments, book: Path) -> list[str]:
    """With what differs as CSV, and a report, where the dispute's id says."""
    differing, report = dispute_files(book, UUID(asked["kept"]))
    make_room(book)
    options = _options(
        asked, "from", "to", "account", "provider", "records", "source", "tolerance", "server", "trunk", "card"
    )  # fmt: skip
    mapped = [f"--map={line}" for line in asked.get("map", "").splitlines()]
    kept = [f"--csv={differing}", f"--report={report}", "--force"]
    return ["reconcile", *options, *mapped, *kept, "--", "lake", asked["theirs"]]


def _reviews(asked: Arguments) -> list[str]:
    return ["review", "--all", *_options(asked, "from", "to")]


def _margin(asked: Arguments) -> list[str]:
    return ["margin", *_options(asked, "from", "to")]


def _verify(asked: Arguments) -> list[str]:
    del asked
    return ["verify"]


def _uuid(value: Any, name: str) -> str:
    try:
        return str(UUID(_text(value, name)))
    except ValueError:
        raise InputError(f"{name} is no UUID; say one") from None


_Checks = dict[str, "Callable[[Any, str], Any]"]
_READING: Final[_Checks] = {
    **dict.fromkeys(
        (
            "live", "currency", "map", "ignore", "dates", "decimals", "increment", "connect_fee", "attempt_fee", "grace",
            "free_seconds", "pulse_anchor", "duration_rounding", "rounding", "precision", "minimum_cost", "maximum_cost",
            "sheet", "inside", "encoding", "deck_card", "profile",
        ),
        _text,
    ),
    "partial": _yes,
    "strict": _yes,
}  # fmt: skip
"""How a deck is read: the options of `card import`, of `map` and `ignore` a line each."""
KINDS: Final[dict[str, tuple[_Checks, _Checks, Callable[[Arguments], list[str]]]]] = {
    "bill": ({"through": _day}, {"ahead": _yes}, _bill),
    "import": ({"file": _text}, {"format": _text, "source": _text, "complete": _yes}, _import),
    "import folder": (
        {"folder": _text},
        {"format": _text, "source": _text, "quiet_seconds": _seconds},
        lambda _: [],
    ),
    "import again": (
        {"import": _text, "reason": _text},
        {"file": _text, "other_calls": _yes},
        _import_again,
    ),
    DECK_PREVIEW: ({"card": _text, "file": _text}, _READING, _deck_preview),
    "review": ({"account": _text, "from": _day, "to": _day}, {}, _review),
    RECONCILE: (
        {"theirs": _text, "from": _day, "to": _day, "kept": _uuid},
        {
            "account": _text,
            "provider": _text,
            "records": _text,
            "source": _text,
            "tolerance": _seconds,
            "map": _text,
            "server": _text,
            "trunk": _text,
            "card": _text,
        },
        lambda _: [],
    ),
    "reviews": ({"from": _day, "to": _day}, {}, _reviews),
    "margin": ({"from": _day, "to": _day}, {}, _margin),
    "verify": ({}, {}, _verify),
}
"""Of each kind: the arguments that it needs, those that it may have, and its command. A file is named from the book's folder."""
