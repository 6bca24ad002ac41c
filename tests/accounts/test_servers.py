"""Servers by hand: deployed, retired, listed with what they owe."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from tests.carriers import declare, ledger, october

from minutebook.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from minutebook.book import Book

CARRIER = """
[plan.c]
model = "per_channel"
currency = "USD"
tiers = [ { channels = 10, price = "1", free_servers = 1 } ]
minimum_per_server = "31.00"

[account.acme]
plan = "c"
channels = 5
from = 2026-10-01
debit_limit = "62.00"
"""


@pytest.fixture
def carrier(book: Book, tmp_path: Path) -> Book:
    return declare(book, tmp_path, CARRIER, deck=None)


def test_servers_are_deployed_as_far_as_the_means_go(carrier: Book) -> None:
    """The first is free; each other takes a month's minimum of all that pay."""
    for n in (1, 2, 3):
        carrier.deploy_server(f"s{n}", "acme", october(n))
    with pytest.raises(InputError, match=r"needs 93\.00 USD available .* 31\.00 is missing"):
        carrier.deploy_server("s4", "acme", october(4))
    carrier.deploy_server("s4", "acme", october(4), force="the owner's word")
    listed = carrier.servers("acme", october(5))
    assert [(s.server.name, s.free, s.owed, s.standing) for s in listed] == [
        ("s1", True, 0, "deployed"),
        ("s2", False, 30, "deployed"),
        ("s3", False, 29, "deployed"),
        ("s4", False, 28, "deployed"),
    ]
    assert not any(s.met for s in listed)


def test_a_retired_server_owes_to_its_last_day(carrier: Book) -> None:
    """And makes room among the free ones."""
    carrier.deploy_server("s1", "acme", october(1))
    carrier.deploy_server("s2", "acme", october(1))
    carrier.retire_server("s1", october(10))
    (first, second) = carrier.servers(None, october(11))
    assert (first.standing, first.free, first.owed) == ("retired", None, 0)
    assert (second.standing, second.free, second.owed) == ("deployed", True, Fraction(10))
    carrier.bill(october(31))
    assert ledger(carrier)["acme", "2026-10-31", "minimum"] == "-5.00"  # 10 less 5 for channels


def test_what_cannot_be_is_refused_in_one_line(carrier: Book) -> None:
    """Nothing is half done."""
    carrier.deploy_server("s1", "acme", october(5))
    for refused, words in (
        (lambda: carrier.deploy_server("s1", "acme", october(6)), "deployed 2026-10-05; choose"),
        (lambda: carrier.deploy_server("s2", "nobody", october(6)), "'nobody' is not declared"),
        (
            lambda: carrier.deploy_server(" ", "acme", october(6)),
            "^server ' ': a name is printable",
        ),
        (lambda: carrier.retire_server("s1", october(4)), "comes before deployed 2026-10-05"),
        (lambda: carrier.retire_server("s2", october(6)), "is not deployed"),
        (lambda: carrier.servers("nobody"), "'nobody' is not declared"),
    ):
        with pytest.raises(InputError, match=words) as caught:
            refused()
        assert "\n" not in str(caught.value)
    carrier.retire_server("s1", october(9))
    with pytest.raises(InputError, match="retired already, its last day is 2026-10-09"):
        carrier.retire_server("s1", october(10))


def test_a_closed_month_takes_no_servers(carrier: Book) -> None:
    """Neither their deployment nor their retirement."""
    carrier.deploy_server("s1", "acme", october(5))
    carrier.bill(october(31))
    with carrier.database.transaction() as connection:
        connection.execute(
            "insert into month_close (month, reason, closed_by) values ('2026-10-01', 'x', 'x')"
        )
    with pytest.raises(InputError, match="deployed = 2026-10-06 lies in a closed month"):
        carrier.deploy_server("s2", "acme", october(6))
    with pytest.raises(InputError, match="retired = 2026-10-20 lies in a closed month"):
        carrier.retire_server("s1", october(20))
    carrier.retire_server("s1", date(2026, 11, 3))
