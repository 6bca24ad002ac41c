"""Proving the book: an error of each kind, planted past all guards, is found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.carriers import Call, declare, october, on, take_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Cluster

    from minutebook.book import Book


def make_billed(book: Book, folder: Path) -> None:
    """Two accounts, two days, a payment; all proved."""
    declare(book, folder)
    take_in(book, folder, Call("a"), Call("g", "globex"), Call("b", at=on(2)))
    book.pay("acme", "10", "r1", on(1))
    book.bill(october(2))
    assert found(book) == {}


@pytest.fixture
def billed(prepared: Callable[..., Book]) -> Book:
    return prepared(make_billed)


def found(book: Book) -> dict[str, list[str]]:
    """The checks that fail, with their differences."""
    return {c.name: [*map(str, c.differences)] for c in book.verify() if c.differences}


def plant(book: Book, cluster: Cluster, *statements: str) -> None:
    """Run SQL as a superuser, with every trigger off."""
    assert book.settings.database is not None
    with cluster.admin(book.settings.database) as connection:
        connection.execute("set search_path = minutebook; set session_replication_role = replica")
        for statement in statements:
            connection.execute(statement)  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("statement", "check", "words"),
    [
        ("update entry set amount = amount + 1 where line = 1", "journals", "out of balance"),
        ("update entry set amount = amount * 2", "journals", "is not as it was posted"),
        ("delete from entry where line = 2", "journals", "states 2 lines, has 1"),
        ("update journal set reason = 'because'", "journals", "is not as it was posted"),
        ("update journal set day = '2026-10-05' where kind = 'payment'", "journals", "is not as it was posted"),
        ("delete from journal where kind = 'usage' and account = 'globex'", "postings", "0.01 is due and 0.00 is charged"),
        ("delete from entry where journal in (select journal from journal where kind = 'payment'); delete from journal where kind = 'payment'", "chain", "is gone, and link"),
        ("delete from declaration where name = 'globex'", "chain", "declaration 4: is gone"),
        ("delete from declaration where name = 'globex'; delete from chain where key = '4'", "chain", "the links before it are gone"),
        ("update journal set posted_at = posted_at - interval '1 day' where kind = 'payment'", "chain", "is not as it was made"),
        ("update run set through = '2026-10-03'", "chain", "run 1: is not as it was made"),
        ("update declaration set declared_by = 'nobody' where declaration = 2", "chain", "declaration 2: is not as it was made"),
        ("update declaration set asked_from = '192.0.2.1' where declaration = 2", "chain", "declaration 2: is not as it was made"),
        ("insert into declaration (declared_by, kind, name, reason) values ('x', 'plan', 'x', 'x')", "chain", "has no link"),
        ("insert into chain select max(link) + 1, 'run', '1', sha256('') from chain", "chain", "run 1: has more than one link"),
        ("update card_live set at = '2026-10-02'", "chain", "card live 1: is not as it was made"),
        ("delete from card_live", "chain", "card live 1: is gone"),
        ("insert into card_live (card, revision, live, at, said_by) values ('a-z', 1, false, '2026-10-02', 'x')", "chain", "card live 2: has no link"),
        ("update entry set ledger_account = 'customer:acme' where ledger_account = 'customer:globex'", "journals", "customer:acme in USD is not what such a posting"),
        ("update entry set currency = 'EUR'", "journals", "customer:acme in EUR is not what such a posting"),
        ("update tally set numerator = numerator * 3 where account = 'globex'", "postings", "0.03 is due and 0.01 is charged"),
        ("update tally set calls = calls + 1 where account = 'globex'", "tallies", "1 calls for 0.01 are recorded, 2"),
        ("update tally set server = 'lon-2' where account = 'globex'", "tallies", "server lon-2"),
        ("delete from tally where account = 'globex'", "tallies", "1 calls"),
        ("update priced_day set files = array['gone.parquet']", "lake", "gone.parquet: run 1 billed this file"),
    ],
)  # fmt: skip
def test_a_planted_error_in_the_database_is_found(
    billed: Book, cluster: Cluster, statement: str, check: str, words: str
) -> None:
    """Whatever is changed past the triggers, a check names it."""
    plant(billed, cluster, statement)
    assert words in "\n".join(found(billed)[check])


def test_an_extra_charge_is_found(billed: Book, cluster: Cluster) -> None:
    """A journal that balances but that no call makes due."""
    plant(
        billed,
        cluster,
        "insert into journal select gen_random_uuid(), kind, account, day, corrects, posted_at, run, reference,"
        " reason, details, lines, body_hash, posted_by from journal where account = 'globex'",
        "insert into entry select (select journal from journal where account = 'globex'"
        " and journal not in (select journal from entry)), line, ledger_account, currency, amount from entry"
        " where journal in (select journal from journal where account = 'globex')",
    )
    assert found(billed)["postings"] == ["globex, 2026-10-01: 0.01 is due and 0.02 is charged"]


def test_a_wrong_charge_for_channels_or_servers_is_found(
    book: Book, cluster: Cluster, tmp_path: Path
) -> None:
    """One that is gone, and one that is too much."""
    text = """
[plan.c]
model = "per_channel"
currency = "USD"
tiers = [ { channels = 10, price = "31" } ]
minimum_per_server = "1000"

[account.lines]
plan = "c"
channels = 1
from = 2026-10-01

[server.s]
account = "lines"
deployed = 2026-10-01
"""
    (tmp_path / "lines.toml").write_text(text)
    book.apply([tmp_path / "lines.toml"], force="a test")
    book.bill(october(31))
    assert found(book) == {}
    gone = "where kind = 'channels' and corrects = '2026-10-05'"
    plant(
        book,
        cluster,
        f"delete from entry where journal in (select journal from journal {gone})",
        f"delete from journal {gone}",
    )
    wrong = found(book)
    assert "is gone" in wrong.pop("chain")[0]
    assert wrong == {
        "charges": [
            "lines, 2026-10-05, channels: 1.00 is due and 0.00 is charged",
            "lines, 2026-10-31, minimum: 970.00 is due and 969.00 is charged",
        ]
    }


def test_a_chain_cut_at_its_end_is_found_by_what_was_written_down(
    billed: Book, cluster: Cluster
) -> None:
    """The last rows and their links gone together leave a shorter chain, that holds."""
    kept = billed.runs.chain()
    assert not any(c.differences for c in billed.runs.verify(kept=kept))
    billed.pay("acme", "5", "r2")
    assert not any(c.differences for c in billed.runs.verify(kept=kept))
    longer = billed.runs.chain()
    plant(
        billed,
        cluster,
        "delete from entry where journal in (select journal from journal where reference = 'r2')",
        "delete from journal where reference = 'r2'",
        f"delete from chain where link = {longer[0]}",
    )
    assert found(billed) == {}
    (wrong,) = [c for c in billed.runs.verify(kept=longer) if c.differences]
    assert f"link {longer[0]} of the chain is not {longer[1]}" in str(wrong.differences[0])


def test_an_entry_in_another_currency_is_no_part_of_a_balance(
    billed: Book, cluster: Cluster
) -> None:
    """Ten euro are not ten dollars."""
    before = billed.balances("acme")[0].balance
    plant(
        billed,
        cluster,
        "update entry set currency = 'EUR' where ledger_account in ('cash', 'customer:acme')",
    )
    assert billed.balances("acme")[0].balance == 0 != before


def test_a_lost_file_of_calls_is_found(billed: Book) -> None:
    """A Parquet file that the lake's log names is gone."""
    Path(billed.lake.snapshot().files[0].path).unlink()
    assert "is gone" in found(billed)["lake"][0]


def test_a_changed_card_is_found(billed: Book) -> None:
    """The prices of a revision are named by their hash."""
    (deck,) = (billed.path / "lake" / "cards").glob("*.parquet")
    deck.write_bytes(deck.read_bytes() + b"x")
    assert "revision 1" in found(billed)["cards"][0]


def test_a_call_that_is_in_the_lake_twice_is_found(billed: Book, tmp_path: Path) -> None:
    """Though imports refuse it, a file put into the lake by other hands may hold a call again."""
    lake = billed.lake
    file = lake.snapshot().files[0]
    from minutebook.lake.delta import DataFile

    copy = tmp_path / "copy.parquet"
    copy.write_bytes(Path(file.path).read_bytes())
    name = f"day={file.day}/copy.parquet"
    lake.place(copy, name)
    size = (lake.calls / name).stat().st_size
    lake.commit(lake.table(), [DataFile(name, size, file.rows, file.day)])
    assert "more than once" in found(billed)["lake"][0]


def test_a_change_that_waits_for_the_next_run_is_no_error(billed: Book, tmp_path: Path) -> None:
    """Calls and prices that came after the last run are the next run's work."""
    take_in(billed, tmp_path, Call("late"))
    assert found(billed) == {}
    plan = tmp_path / "plan.toml"
    plan.write_text(
        '[plan.flat]\nmodel = "per_minute"\ncurrency = "USD"\nrate = "1"\nfrom = 2026-10-01\n'
    )
    billed.apply([plan])
    assert found(billed) == {}
    billed.bill(october(2))
    assert found(billed) == {}
