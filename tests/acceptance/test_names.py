"""A name that is nearly right is suggested, and --month stands wherever --from and --to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.acceptance.conftest import command
from tests.carriers import Call, declare, take_in

from minutebook.words import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.acceptance.conftest import Ran

    from minutebook.book import Book

SOURCE = (
    '[source.proxy]\nformat = "kamailio"\n[server.lon-1]\naccount = "acme"\ndeployed = 2026-10-01\n'
)
OCTOBER = ("--month", "2026-10")


def make_named(book: Book, folder: Path) -> None:
    """A carrier with a card, a source, a server and a call."""
    declare(book, folder)
    (folder / "more.toml").write_text(SOURCE)
    assert command(book, "apply", str(folder / "more.toml"), "--force", "a trial").status == 0
    take_in(book, folder, Call("c1"))


@pytest.fixture
def book(prepared: Callable[..., Book]) -> Book:
    return prepared(make_named)


@pytest.fixture
def named(minutebook: Callable[..., Ran]) -> Callable[..., Ran]:
    return minutebook


@pytest.mark.parametrize(
    ("words", "suggested"),
    [
        (("balance", "acmee"), "acme"),
        (("statement", "Acme", *OCTOBER), "acme"),
        (("switch", "acme", "falt"), "flat"),
        (("price", "44", "60", "--plan", "flatt"), "flat"),
        (("price", "44", "60", "--card", "a_z"), "a-z"),
        (("card", "show", "az"), "a-z"),
        (("simulate", *OCTOBER, "--card", "a--z=1"), "a-z"),
        (("server", "retire", "lon1"), "lon-1"),
        (("import", "kamailio", "calls.csv", "--source", "poxy"), "proxy"),
        (("import", "asterix", "calls.csv"), "asterisk"),
        (("totals", *OCTOBER, "--by", "acount"), "account"),
        (("balance", "--columns", "account,flor"), "floor"),
        (("balance", "--colums", "account"), "--columns"),
        (("--format", "csv", "balance", "--wid"), "--wide"),
    ],
)  # fmt: skip
def test_a_name_that_is_nearly_right_is_suggested(
    named: Callable[..., Ran], words: tuple[str, ...], suggested: str
) -> None:
    """Accounts, plans, cards, servers, sources, formats, groups, columns and options."""
    ran = named(*words)
    assert (ran.status, ran.out) == (2, "")
    assert f"(did you mean {suggested}?)" in ran.err


def test_a_field_of_a_deck_is_suggested(named: Callable[..., Ran], tmp_path: Path) -> None:
    """`--map` names a field of ours that is misspelt."""
    ran = named("card", "import", "a-z", str(tmp_path / "deck.csv"), "--map", "prefx=Code")
    assert "(did you mean prefix?)" in ran.err


def test_a_name_that_is_like_none_is_not_guessed() -> None:
    """Nothing is suggested where nothing is near."""
    assert did_you_mean("zebra", ["acme", "globex"]) == ""


def test_a_wrong_column_stops_a_command_before_it_does_anything(
    named: Callable[..., Ran],
) -> None:
    """A payment is not posted where its table's columns are misspelt."""
    words = ("pay", "acme", "5.00", "--reference", "r1", "--columns", "amont")
    assert named(*words).status == 2
    assert named("--format", "json", "balance", "acme").json["balance"] == "0.00"


@pytest.mark.parametrize(
    "words",
    [
        ("statement", "acme"),
        ("totals",),
        ("calls", "acme"),
        ("journal",),
        ("channels", "acme"),
        ("review", "acme"),
        ("capacity", "acme"),
        ("simulate", "--buy", "a-z"),
        ("reconcile", "lake", "{file}", "--account", "acme", "--records", "minutebook"),
    ],
    ids=lambda words: words[0],
)
def test_a_month_is_its_first_to_its_last_day(
    named: Callable[..., Ran], tmp_path: Path, words: tuple[str, ...]
) -> None:
    """--month prints what --from and --to of the same days print; both together are refused."""
    file = next(tmp_path.glob("calls*.csv"))
    words = tuple(word.format(file=file) for word in words)
    days = ("--from", "2026-10-01", "--to", "2026-10-31")
    ran = named("--format", "json", *words, *OCTOBER)
    assert ran.status == (words[0] == "reconcile"), ran.err  # the file has no amounts
    assert ran.json == named("--format", "json", *words, *days).json
    both = named(*words, *OCTOBER, "--to", "2026-10-31")
    assert (both.status, both.out) == (2, "")
    assert "--month is a whole month" in both.err
    neither = named(*words)
    assert (neither.status, neither.out) == (2, "")
    assert "--month YYYY-MM" in neither.err
