"""Whose call it is (docs/rules/identity.md, "Whose call")."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minutebook.calls.identify import KEYS, AccountSpan, Directory, MatchRule, identified
from minutebook.calls.schema import RECORD_SCHEMA
from minutebook.errors import InputError

START = date(2026, 10, 1)
NOON = datetime(2026, 10, 5, 12, tzinfo=UTC)


def calls(*rows: dict[str, object]) -> pl.DataFrame:
    """Calls set up at noon of 5 October 2026, with these fields."""
    return pl.DataFrame([{"setup_at": NOON, **row} for row in rows], schema=RECORD_SCHEMA)


def spans(*accounts: str) -> tuple[AccountSpan, ...]:
    return tuple(AccountSpan(account, START) for account in accounts)


def whose(directory: Directory, **fields: object) -> tuple[str | None, str | None]:
    """The account of one call, and what matched, or the reason and its words."""
    row = identified(calls(fields), directory).row(0, named=True)
    if row["reason"]:
        assert row["account"] is None
        return row["reason"], row["detail"]
    return row["account"], row["matched_by"]


def test_explicit_account_comes_before_every_match_table() -> None:
    """A record that names its account is that account's, whatever the tables say."""
    directory = Directory((MatchRule("globex", server="lon-1"),), spans("acme", "globex"))
    assert whose(directory, account="acme", server="lon-1") == ("acme", "account")


def test_undeclared_account_waits_even_where_a_table_holds() -> None:
    """An account that nobody declared is never guessed from the other keys."""
    directory = Directory((MatchRule("globex", server="lon-1"),), spans("globex"))
    reason, detail = whose(directory, account="acme", server="lon-1")
    assert (reason, detail) == ("unknown_account", "account acme is not declared")


def test_an_empty_account_is_no_account() -> None:
    """An empty field names nobody."""
    directory = Directory((MatchRule("globex", server="lon-1"),), spans("globex"))
    assert whose(directory, account="", server="lon-1")[0] == "globex"


@pytest.mark.parametrize("stronger", range(3))
@pytest.mark.parametrize("weaker", range(1, 4))
def test_keys_rank_by_account_code_trunk_caller_prefix_server(stronger: int, weaker: int) -> None:
    """The first key in this order wins, even against a table that has more keys."""
    if weaker <= stronger:
        return
    held = {"account_code": "a", "trunk": "t", "caller_prefix": "44", "server": "s"}
    rest = {key: held[key] for key in KEYS[weaker:]}
    rules = (
        MatchRule("strong", **{KEYS[stronger]: held[KEYS[stronger]]}),
        MatchRule("weak", **rest),
    )
    directory = Directory(rules[::-1], spans("strong", "weak"))
    fields = {"account_code": "a", "trunk": "t", "caller": "4420", "server": "s"}
    assert whose(directory, **fields)[0] == "strong"


def test_longest_caller_prefix_wins() -> None:
    """4420 is stronger than 44, and falls through to it for other numbers."""
    rules = (MatchRule("uk", caller_prefix="44"), MatchRule("london", caller_prefix="4420"))
    directory = Directory(rules, spans("uk", "london"))
    assert whose(directory, caller="442079460000")[0] == "london"
    assert whose(directory, caller="441619460000")[0] == "uk"


def test_a_prefix_whose_other_keys_fail_falls_through_to_a_shorter_one() -> None:
    """All keys of a table must hold: a longer prefix on another server does not win."""
    rules = (
        MatchRule("london", caller_prefix="4420", server="lon-1"),
        MatchRule("uk", caller_prefix="44"),
    )
    directory = Directory(rules, spans("uk", "london"))
    assert whose(directory, caller="442079460000", server="nyc-1")[0] == "uk"
    account, matched_by = whose(directory, caller="442079460000", server="lon-1")
    assert (account, matched_by) == ("london", "caller_prefix 4420 and server lon-1")


def test_more_keys_win_between_tables_of_one_first_key() -> None:
    """A table that asks for more is the more specific one."""
    rules = (
        MatchRule("all", account_code="a"),
        MatchRule("on-lon", account_code="a", server="lon-1"),
    )
    directory = Directory(rules, spans("all", "on-lon"))
    assert whose(directory, account_code="a", server="lon-1")[0] == "on-lon"
    assert whose(directory, account_code="a", server="nyc-1")[0] == "all"


def test_a_tie_of_two_accounts_waits_and_names_both() -> None:
    """Nobody but a person can break a tie."""
    rules = (MatchRule("globex", server="lon-1"), MatchRule("acme", server="lon-1"))
    reason, detail = whose(Directory(rules, spans("acme", "globex")), server="lon-1")
    assert (reason, detail) == ("ambiguous", "acme and globex match equally by server lon-1")


def test_an_account_tied_with_itself_is_no_tie() -> None:
    """Two tables of one account that hold both are no question."""
    rule = MatchRule("acme", server="lon-1")
    assert whose(Directory((rule, rule), spans("acme")), server="lon-1")[0] == "acme"


def test_what_matches_nothing_says_what_was_asked() -> None:
    """The quarantine shows the values that no table names."""
    reason, detail = whose(Directory((), spans("acme")), trunk="t", server="s")
    assert (reason, detail) == ("no_account", "no match table holds for trunk t, server s")


@pytest.mark.parametrize(
    ("instant", "reason"),
    [
        (datetime(2026, 9, 30, 23, 59, 59, tzinfo=UTC), "no_plan"),
        (datetime(2026, 10, 1, tzinfo=UTC), None),
        (datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), None),
        (datetime(2027, 1, 1, tzinfo=UTC), "no_plan"),
    ],
)
def test_calls_outside_the_accounts_days_wait(instant: datetime, reason: str | None) -> None:
    """Before the first term and after the closing day there is no plan to charge by."""
    directory = Directory(
        (MatchRule("acme", server="s"),), (AccountSpan("acme", START, date(2026, 12, 31)),)
    )
    for fields in ({"account": "acme"}, {"server": "s"}):
        row = identified(calls({**fields, "setup_at": instant}), directory).row(0, named=True)
        assert row["reason"] == reason


def test_the_day_is_that_of_the_answer() -> None:
    """Set up before the first day, answered on it: a call of the first day."""
    setup = datetime(2026, 9, 30, 23, 59, 50, tzinfo=UTC)
    answered = datetime(2026, 10, 1, tzinfo=UTC)
    row = calls({"account": "acme", "setup_at": setup, "answered_at": answered})
    assert identified(row, Directory((), spans("acme")))["account"].to_list() == ["acme"]


def test_a_reason_that_a_record_came_with_stands() -> None:
    """A broken record is not also somebody's."""
    row = calls({"account": "acme", "reason": "bad_time", "detail": "25:00"})
    found = identified(row, Directory((), spans("acme"))).row(0, named=True)
    assert (found["account"], found["reason"], found["detail"]) == (None, "bad_time", "25:00")


def test_a_match_table_without_keys_is_refused() -> None:
    """It would take every call, or none: nobody can mean it."""
    with pytest.raises(InputError, match="acme"):
        MatchRule("acme")


NAMES = st.sampled_from(["a", "b", "c"])
VALUES = st.sampled_from(["x", "y", None])
PREFIXES = st.sampled_from(["4", "44", "442", "1", None])
RULES = st.builds(
    lambda account, code, trunk, prefix, server: (account, code, trunk, prefix, server),
    NAMES, VALUES, VALUES, PREFIXES, VALUES,
).filter(lambda rule: any(rule[1:])).map(lambda rule: MatchRule(*rule))  # fmt: skip
ROWS = st.fixed_dictionaries(
    {
        "account": st.sampled_from([None, None, None, "a", "unknown", ""]),
        "account_code": st.sampled_from(["x", "y", "z", None]),
        "trunk": st.sampled_from(["x", "y", "z", None]),
        "caller": st.sampled_from(["4420", "4", "447", "12", "sip", None]),
        "server": st.sampled_from(["x", "y", "z", ""]),
        "setup_at": st.sampled_from(
            [datetime(2026, 10, day, tzinfo=UTC) for day in (9, 10, 20, 21)]
        ),
    }
)
SPANS = (
    AccountSpan("a", date(2026, 10, 1), date(2026, 10, 20)),
    AccountSpan("b", date(2026, 10, 10)),
)
"""On the 9th a alone has a plan, from the 10th to the 20th both have, then b alone."""


def by_hand(row: dict[str, Any], directory: Directory) -> tuple[str | None, str | None]:
    """Account and reason of one call, by reading every table."""
    declared = {span.account for span in directory.spans}
    day = row["setup_at"].date()
    off = {
        span.account
        for span in directory.spans
        if day < span.first_day or (span.last_day and day > span.last_day)
    }
    if row["account"]:
        if row["account"] not in declared:
            return None, "unknown_account"
        return (None, "no_plan") if row["account"] in off else (row["account"], None)
    ranked = ranks(row, directory)
    if any(account not in off for _, account in ranked):
        ranked = [(rank, account) for rank, account in ranked if account not in off]
    best = {account for rank, account in ranked if rank == min(r for r, _ in ranked)}
    if not best:
        return None, "no_account"
    if len(best) > 1:
        return None, "ambiguous"
    (account,) = best
    return (account, None) if account in declared - off else (None, "no_plan")


def ranks(row: dict[str, Any], directory: Directory) -> list[tuple[tuple[int, int, int], str]]:
    """The rank and account of each table that holds."""
    ranked = []
    for rule in directory.rules:
        holds = [
            (row["caller"] or "").startswith(value) if key == "caller_prefix" else row[key] == value
            for key, value in rule.keys
        ]
        if all(holds):
            key, value = rule.keys[0]
            length = len(value) if key == "caller_prefix" else 0
            ranked.append(((KEYS.index(key), -length, -len(rule.keys)), rule.account))
    return ranked


@given(st.lists(RULES, max_size=8), st.lists(ROWS, min_size=1, max_size=12))
def test_every_call_goes_where_reading_the_tables_one_by_one_sends_it(
    rules: list[MatchRule], rows: list[dict[str, Any]]
) -> None:
    """The fast way and the slow way agree."""
    directory = Directory(tuple(rules), SPANS)
    found = identified(calls(*rows), directory).select("account", "reason").rows()
    assert found == [by_hand(row, directory) for row in rows]


def test_many_values_in_the_tables_are_told_apart() -> None:
    """Tables with more combinations than a 64-bit number counts still find their calls."""
    codes = [f"c{n}" for n in range(70_000)]
    rules = [MatchRule("a", code, code, str(10**6 + n), code) for n, code in enumerate(codes)]
    directory = Directory(tuple(rules), spans("a"))
    row = {"account_code": "c7", "trunk": "c7", "caller": "10000079", "server": "c7"}
    found = identified(calls(row, {**row, "server": "c8"}), directory)
    assert found["reason"].to_list() == [None, "no_account"]
