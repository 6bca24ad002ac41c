"""Which accounts compete for a call is told before anything is applied (docs/rules/identity.md, "Tables that meet")."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from tests.carriers import CARRIER

from minutebook.calls.identify import KEYS, identified
from minutebook.calls.schema import RECORD_SCHEMA
from minutebook.declarations.carrier import Carrier
from minutebook.declarations.overlaps import overlaps
from minutebook.plans.terms import Account, Term

if TYPE_CHECKING:
    from pathlib import Path

    from minutebook.book import Book

VALUES = st.sampled_from(["x", "y"])
PREFIXES = st.sampled_from(["4", "44", "442", "1"])
TABLES = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("account_code", "trunk", "server"), VALUES) | {"caller_prefix": PREFIXES}
).filter(bool)  # fmt: skip
OPENED = date(2026, 10, 1)


def carrier_of(**tables: list[dict[str, str]]) -> Carrier:
    """Accounts that are on a plan from 1 October on, with these tables."""
    term = (Term(OPENED, "flat"),)
    return Carrier(
        accounts={
            name: Account(name, name, "USD", Decimal(0), term, tuple(own))
            for name, own in tables.items()
        }
    )


@given(st.lists(TABLES, max_size=4), st.lists(TABLES, max_size=4))
def test_every_two_tables_that_meet_are_found_and_their_call_is_judged_so(
    acme: list[dict[str, str]], globex: list[dict[str, str]]
) -> None:
    """As comparing each with each, and with nothing else declared the call in the example goes there."""
    found = overlaps(carrier_of(acme=acme, globex=globex), {"acme"})
    by_hand = set()
    for own in acme:
        for other in globex:
            first, another = (next(key for key in KEYS if key in one) for one in (own, other))
            agree = all(
                own[key].startswith(other[key]) or other[key].startswith(own[key])
                if key == "caller_prefix"
                else own[key] == other[key]
                for key in own.keys() & other.keys()
            )
            if first == another and agree:
                by_hand.add((tuple(sorted(own.items())), tuple(sorted(other.items()))))
    pairs = {one.account: one for one in found}
    assert len(found) == len(by_hand), (found, by_hand, pairs)
    for one in found:
        rules = carrier_of(**{one.account: [one.table], one.other: [one.other_table]}).directory()
        call: dict[str, Any] = {"setup_at": datetime(2026, 10, 5, tzinfo=UTC)} | one.call
        call["caller"] = call.pop("caller_prefix", None)
        row = identified(pl.DataFrame([call], schema=RECORD_SCHEMA), rules).row(0, named=True)
        assert (row["account"], row["reason"]) == (
            (None, "ambiguous") if one.tie else (one.account, None)
        )


def test_a_tie_is_told_by_a_dry_run_and_by_the_account(book: Book, tmp_path: Path) -> None:
    """With the calls that would wait, and from which day; what precedence decides is told too."""
    file = tmp_path / "carrier.toml"
    file.write_text(CARRIER, "utf-8")
    assert book.apply([file], dry_run=True).overlaps == ()
    book.apply([file])
    more = tmp_path / "more.toml"
    more.write_text(
        '[account.initech]\nplan = "flat"\nfrom = 2026-11-01\n'
        'match = [ { account_code = "globex" }, { account_code = "acme", server = "lon-1" } ]\n',
        "utf-8",
    )
    told = book.apply([more], dry_run=True).overlaps
    assert [(one.tie, one.account, one.other, one.first) for one in told] == [
        (True, "globex", "initech", date(2026, 11, 1)),
        (False, "initech", "acme", date(2026, 11, 1)),
    ]
    assert "initech" not in book.carrier().accounts
    assert book.apply([more]).overlaps == told
    assert book.apply([more]).overlaps == ()
    assert book.account("globex").overlaps == told[:1]
    book.close_account("globex", "sold", date(2026, 10, 31))
    assert book.account("globex").overlaps == ()


def test_many_tables_on_one_trunk_are_compared_by_what_they_share() -> None:
    """Three thousand customers behind one trunk, told apart by their numbers."""
    tables = {f"a{n}": [{"trunk": "in-1", "caller_prefix": f"44{n:06}"}] for n in range(3_000)}
    assert overlaps(carrier_of(**tables), tables.keys()) == []
    tables["b"] = [{"trunk": "in-1", "caller_prefix": "4400007"}]
    assert len(overlaps(carrier_of(**tables), {"b"})) == 10
