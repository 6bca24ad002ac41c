"""What the library is handed, and what it says where that is wrong."""

from __future__ import annotations

import ast
import inspect
import re
from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from tests.carriers import Call, declare, october, on, take_in, write_calls

import minutebook
from minutebook.book.part import Part
from minutebook.cli import run
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from minutebook.book import Book

MONTH = october(1), october(31)
SHELL = re.compile(r"--[a-z]|\bminutebook (?!that)[a-z]+")
ASK = {
    "bill": lambda book, day: book.runs.bill(day),
    "statement, first": lambda book, day: book.statements.statement("acme", day, october(31)),
    "statement, last": lambda book, day: book.statements.statement("acme", october(1), day),
    "totals": lambda book, day: book.statements.totals(day, october(31)),
    "channels": lambda book, day: book.statements.channels("acme", day, october(31)),
    "minimum": lambda book, day: book.statements.minimum("acme", day),
    "price_month": lambda book, day: book.statements.price_month("flat", 1, month=day),
    "rated": lambda book, day: book.calls.rated("acme", day, october(31)),
    "journal": lambda book, day: book.ledger.journal(day, october(31)),
    "adjust": lambda book, day: book.ledger.adjust("acme", "1", "reason", "r", day),
    "close_month": lambda book, day: book.runs.close_month(day, "reason"),
    "list": lambda book, day: book.accounts.list(day),
    "show": lambda book, day: book.accounts.show("acme", day),
    "servers": lambda book, day: book.accounts.servers(at=day),
    "deploy": lambda book, day: book.accounts.deploy_server("lon-1", "acme", day),
    "switch": lambda book, day: book.accounts.switch("acme", "a-z", on=day),
    "close": lambda book, day: book.accounts.close("acme", "reason", day),
    "review": lambda book, day: book.fit.review("acme", day, october(31)),
    "capacity": lambda book, day: book.fit.capacity("acme", day, october(31)),
    "simulate": lambda book, day: book.fit.simulate(day, october(31), buy="a-z"),
    "reconcile": lambda book, day: book.disputes.reconcile("lake", "x.csv", day, october(31)),
}
ASK_INSTANT = {
    "pay": lambda book, at: book.ledger.pay("acme", "1", "r", at),
    "as_of": lambda book, at: book.statements.statement("acme", *MONTH, at),
    "price": lambda book, at: book.statements.price("44", 60, plan="flat", at=at),
    "take_live": lambda book, at: book.cards.take_live("a-z", 1, at),
}


@pytest.fixture
def declared(book: Book, tmp_path: Path) -> Book:
    return declare(book, tmp_path)


def test_a_day_is_a_date(declared: Book) -> None:
    """A text or an instant is refused by every method that takes a day, and what to pass is said."""
    for name, ask in ASK.items():
        for wrong in ("2026-10-01", datetime(2026, 10, 1, 9, tzinfo=UTC), datetime(2026, 10, 1)):
            with pytest.raises(InputError, match=r"; pass (its day: )?date\(2026, 10, 1\)$"):
                ask(declared, wrong)
        with pytest.raises(InputError, match="not a day from 1900-01-01 to 2999-12-31"):
            ask(declared, date(9999, 1, 1))
        assert name


def test_an_instant_has_an_offset(declared: Book) -> None:
    """A text, a day or a time without an offset is refused, and what to pass is said."""
    for ask in ASK_INSTANT.values():
        for wrong in ("2026-10-01", date(2026, 10, 1), "yesterday", datetime(2026, 10, 1)):
            with pytest.raises(InputError, match=r"datetime\(2026, 10, 1, tzinfo=UTC\)"):
                ask(declared, wrong)
        with pytest.raises(InputError, match=r"datetime\(2026, 10, 1, 12, 30, tzinfo=UTC\), or"):
            ask(declared, datetime(2026, 10, 1, 12, 30))


def test_an_instant_of_any_zone_is_that_instant(declared: Book) -> None:
    """02:00 in Tokyo is the day before in UTC."""
    tokyo = timezone(timedelta(hours=9))
    paid, _ = declared.ledger.pay("acme", "1", "r", datetime(2026, 10, 2, 2, tzinfo=tokyo))
    assert paid.day == october(1)


def test_days_in_the_wrong_order_are_said_in_the_library_s_words(declared: Book) -> None:
    """By the names of the arguments."""
    with pytest.raises(InputError, match="last, 2026-10-01, comes before first, 2026-10-31"):
        declared.statements.totals(october(31), october(1))


def test_one_path_is_one_file(book: Book, tmp_path: Path) -> None:
    """As text or as a path; it is not taken for a list of its letters."""
    declare(book, tmp_path)
    file = write_calls(tmp_path / "calls.csv", [Call("a")])
    assert book.calls.import_files(str(file)).added == 1
    assert book.calls.import_files(file).duplicates == 1
    assert book.calls.import_files(iter([file])).duplicates == 1
    carrier = tmp_path / "carrier.toml"
    assert {str(change.action) for change in book.apply(str(carrier))} == {"left"}


def test_totals_go_by_what_they_know(declared: Book) -> None:
    """What is none of the choices is refused with all of them."""
    choices = "account, day, week, month, destination, plan"
    with pytest.raises(InputError, match=f"by is 'hour'; totals go by {choices}"):
        declared.statements.totals(*MONTH, by="hour")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="by is 'day'; a simulation goes by account, destination"):
        declared.fit.simulate(*MONTH, buy="a-z", by="day")  # type: ignore[arg-type]


REFUSED: dict[str, tuple[Callable[[Book], object], list[str]]] = {
    "pass reason": (
        lambda book: book.runs.close_month(october(1), ""),
        ["close", "2026-10", "--reason", ""],
    ),
    "pass reference": (
        lambda book: book.ledger.pay("acme", "1", ""),
        ["pay", "acme", "1", "--reference", ""],
    ),
    "pass channels": (
        lambda book: book.accounts.switch("acme", "chans"),
        ["switch", "acme", "chans"],
    ),
    "pass force": (
        lambda book: book.accounts.deploy_server("lon-1", "acme"),
        ["server", "deploy", "lon-1", "acme"],
    ),
    "importing a deck": (lambda book: book.cards.show("b-z"), ["card", "show", "b-z"]),
}


def test_library_and_shell_are_each_told_in_their_words(
    declared: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same mistake: the library names its arguments, a command its options."""
    more = tmp_path / "more.toml"
    more.write_text(
        '[plan.chans]\nmodel = "per_channel"\ncurrency = "USD"\n'
        'tiers = [ { channels = 100, price = "1.20" } ]\n'
        '[plan.flat]\nmodel = "per_minute"\ncurrency = "USD"\nrate = "0.005"\n'
        'minimum_per_server = "2000.00"\n'
    )
    declared.apply(more)
    for advice, (ask, words) in REFUSED.items():
        with pytest.raises(InputError, match=advice) as refused:
            ask(declared)
        assert not SHELL.search(str(refused.value))
        assert run(["--book", str(declared.path), *words]) == 2
        said = capsys.readouterr().err
        assert SHELL.search(said)
        assert advice not in said


def test_no_error_speaks_of_the_shell_to_the_library() -> None:
    """In no message that a call of the library can raise stands an option or a command."""
    sources = Path(minutebook.__file__).parent
    doors = {"cli", "api", "show"}
    found = []
    for path in sources.rglob("*.py"):
        if path.relative_to(sources).parts[0] in doors:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and "Error" in ast.unparse(node.func):
                texts = [c.value for arg in node.args for c in ast.walk(arg) if _is_text(c)]
                found += [f"{path.name}: {text}" for text in texts if SHELL.search(text)]
    assert found == []


def _is_text(node: Any) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def test_a_later_call_of_a_day_is_the_same_day(declared: Book, tmp_path: Path) -> None:
    """Dates that are right go through as they are."""
    take_in(declared, tmp_path, Call("a", at=on(31)))
    assert declared.runs.bill(october(31)).through == october(31)


WRONG: dict[str, list[Any]] = {
    "str": [5, None, ["acme"], b"acme", "a\0b"],
    "By": [5, None, ["acme"]],
    "int": ["1", None, 1.5, True],
    "Fraction": ["1/5", None, 0.5, True],
    "date": ["2026-10-01", None, 5, ""],
    "datetime": ["2026-10-01", None, 5, ""],
    "PathLike": [5, None, ["a.csv"], b"a.csv", "a\0b"],
    "PathLike | Iterable[PathLike]": [5, None, [5], [None], b"a.csv"],
    "str | Iterable[str]": [5, None, [5]],
    "By | Iterable[By]": [5, None, [5]],
    "Sequence[str]": [5, [None]],
    "Mapping[str, str]": [5, "prefix", {"prefix": 5}, {5: "prefix"}],
    "Mapping[str, Any]": [5, "through", {5: "through"}],
    "Mapping[str, int]": [5, "a-z", {"a-z": "1"}, {5: 1}],
    "pl.DataFrame": [5, ["3f9a1c02"], "3f9a1c02"],
    "tuple[int, str]": [5, "abc", (1,), ("1", "abc"), [1, "abc"]],
    "Revision": ["a-z", 1, None],
    "Card": ["a-z", 1, None],
    "Terms": ["60/6", 1],
    "Assumptions": ["0.01", 1],
    "Decimal | str": [None, 1.5, ["1"], b"1"],
    "Decimal | str | int": [None, 1.5, ["1"], b"1"],
    "Review": [None, 5, "review"],
    "RunResult": [None, 5, "run"],
    "Review | Capacity | Reconciliation | Earnings": [None, 5, "review"],
}
"""By an argument's annotation without None: values that are wrong for it."""
RIGHT: dict[str, Any] = {
    "str": "acme",
    "By": "account",
    "int": 1,
    "Fraction": Fraction(1),
    "date": date(2026, 10, 1),
    "datetime": datetime(2026, 10, 1, tzinfo=UTC),
    "str | Iterable[str]": "3f9a1c02",
    "Decimal | str": "1",
    "Mapping[str, Any]": {"through": "2026-10-05"},
    "pl.DataFrame": pl.DataFrame({"id": ["3f9a1c02"]}),
    "Decimal | str | int": 60,
}
ALSO = {"statements.price": {"plan": "flat"}}
"""What a method needs although its signature leaves it open."""
UNCHECKED = {
    "bool",
    "IO[bytes]",
    "threading.Event",
    "Progress",
    "Callable[[int, int], None]",
    "Callable[[str, int, int], None]",
}


def _methods(book: Book) -> list[tuple[str, Callable[..., Any]]]:
    """Every public method of the parts, and those of the book that take something."""
    parts = {name: part for name, part in vars(book).items() if isinstance(part, Part)}
    found = [
        (f"{name}.{method}", getattr(part, method))
        for name, part in parts.items()
        for method in dir(type(part))
        if method == "__call__" or not method.startswith("_")
    ]
    return [
        *found,
        ("apply", book.apply),
        ("report", book.report),
        ("customer_report", book.customer_report),
    ]


def test_what_is_of_another_kind_is_refused(declared: Book, tmp_path: Path) -> None:
    """By every method and for each of its arguments, with the argument's name and what to pass."""
    asked = 0
    for name, method in _methods(declared):
        parameters = inspect.signature(method).parameters
        kinds = {n: str(p.annotation).removesuffix(" | None") for n, p in parameters.items()}
        needed = {
            n: tmp_path / "no-file.csv" if "PathLike" in kinds[n] else RIGHT.get(kinds[n])
            for n, p in parameters.items()
            if p.default is inspect.Parameter.empty
        }
        for argument in kinds.keys() - {n for n in kinds if kinds[n] in UNCHECKED}:
            optional = str(parameters[argument].annotation).endswith(" | None")
            for wrong in WRONG[kinds[argument]]:
                if wrong is None and optional:
                    continue
                with pytest.raises(InputError, match=rf"^{argument}\b.*") as refused:
                    method(**{**needed, **ALSO.get(name, {}), argument: wrong})
                assert "\n" not in str(refused.value), (name, argument, wrong)
                asked += 1
    assert asked > 300


def test_every_method_refuses_days_in_the_wrong_order(declared: Book) -> None:
    """None gives an empty answer instead."""
    ways = {
        "statement": lambda: declared.statements.statement("acme", october(2), october(1)),
        "rated": lambda: declared.calls.rated("acme", october(2), october(1)),
        "calls": lambda: declared.calls("acme", october(2), october(1)),
        "journal": lambda: declared.ledger.journal(october(2), october(1)),
        "review": lambda: declared.fit.review("acme", october(2), october(1)),
    }
    for ask in ways.values():
        with pytest.raises(InputError, match="last, 2026-10-01, comes before first, 2026-10-02"):
            ask()


def test_a_path_is_a_text_or_a_path(tmp_path: Path) -> None:
    """Of a book to open or to make, too."""
    for wrong in (5, ["carrier"], b"carrier", "a\0b"):
        with pytest.raises(InputError, match=r"^path is "):
            minutebook.open(wrong)  # type: ignore[arg-type]
        with pytest.raises(InputError, match=r"^path is "):
            minutebook.init(wrong)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"^currency is 5, not a text"):
        minutebook.init(tmp_path / "carrier", currency=5)  # type: ignore[arg-type]


def test_a_file_has_one_name(declared: Book, tmp_path: Path) -> None:
    """Names of files are as many as the files."""
    file = write_calls(tmp_path / "calls.csv", [Call("a")])
    with pytest.raises(InputError, match="names are 2, files 1"):
        declared.calls.import_files(file, names=["a.csv", "b.csv"])
