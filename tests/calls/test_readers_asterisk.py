"""Asterisk (docs/rules/records.md, "Asterisk")."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl
import pytest
from readers_support import FIXTURES, SAMPLES, UTC_SOURCE, accounted, read, written

from minutebook.calls.readers import reader
from minutebook.calls.source import Source
from minutebook.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

MASTER = FIXTURES / "asterisk_master.csv"
REPORT = FIXTURES / "asterisk_report.csv"
ROWS = list(csv.reader(MASTER.read_text().splitlines()))
LONDON = "Europe/London"


def made(rows: list[list[str]]) -> str:
    content = io.StringIO()
    csv.writer(content, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return content.getvalue()


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


def test_a_row_is_a_leg_of_a_call() -> None:
    """Identity is uniqueid and sequence; the account code falls back to the calling peer."""
    found = read("asterisk", MASTER)
    assert found.records.select("call_id", "leg", "account_code", "trunk").rows() == [
        ("1772438400.1", "0", "uplink", None),
        ("1772438700.2", "1", "acme", "desk-7"),
        ("1772438700.2", "2", "acme", "desk-8"),
        ("1772438700.2", "3", "acme", "desk-9"),
        ("main-1772439000.3", "0", "acme", "carrier-x"),
    ]
    assert found.records["cause"].to_list()[:2] == ["ANSWERED", "NO ANSWER"]


def test_answered_is_what_the_disposition_says() -> None:
    """0 seconds included; billsec prices; a row not answered with billsec is set aside."""
    found = read("asterisk", MASTER).records
    assert found["answered_at"].is_not_null().to_list() == [True, False, True, False, True]
    assert found["duration_ms"].to_list() == [27_000, None, 60_000, 60_000, 0]
    assert found["reason"].to_list() == [None, None, None, "status_disagrees", None]


NAMES_21 = (
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp",
    "lastdata", "start", "answer", "end", "duration", "billsec", "disposition", "amaflags",
    "uniqueid", "userfield", "peeraccount", "linkedid", "sequence",
)  # fmt: skip


@pytest.mark.parametrize(
    ("keep", "ids"),
    [
        (range(21), ("1772438700.2", "2")),
        (range(18), ("1772438700.2", "PJSIP/desk-8-00000004@2026-03-02 08:05:00")),
        ([*range(16), 18, 19, 20], None),
        (range(16), None),
    ],
    ids=["21", "18", "19", "16"],
)
def test_each_row_of_a_call_is_a_leg_of_its_own(
    tmp_path: Path, keep: list[int], ids: tuple[str, str] | None
) -> None:
    """By sequence, else by channel and start; without ids a row is named by its own content."""
    content = made([[row[i] for i in keep] for row in ROWS])
    found = read("asterisk", written(tmp_path, content)).records
    assert found.select("call_id", "leg").n_unique() == 5
    if ids:
        assert found.select("call_id", "leg").row(2) == ids


@pytest.mark.parametrize("keep", [range(17), [*range(17), 18, 19, 20]], ids=["17", "20"])
def test_an_ambiguous_shape_must_be_named(tmp_path: Path, keep: list[int]) -> None:
    """The 17th column may be the uniqueid or the userfield: told, never guessed."""
    path = written(tmp_path, made([[row[i] for i in keep] for row in ROWS]))
    with pytest.raises(InputError, match="column_17"):
        read("asterisk", path)
    for name, expected in (("uniqueid", "1772438700.2"), ("userfield", None)):
        source = Source("s", zone="UTC", options={"column_17": name})
        found = read("asterisk", path, source=source).records
        assert (found["call_id"][2] == expected) == (name == "uniqueid")
    with pytest.raises(InputError, match="column_17"):
        read("asterisk", path, source=Source("s", options={"column_17": "clid"}))


def test_cdr_custom_is_known_and_others_can_be_named(tmp_path: Path) -> None:
    """The layout of the sample configuration; any other by `options.fields`."""
    custom = [4, 1, 2, 3, *range(5, 16), 0, 16, 17, 20]
    whole = read("asterisk", MASTER).records.drop("meta")
    path = written(tmp_path, made([[row[i] for i in custom] for row in ROWS]))
    assert read("asterisk", path).records.drop("meta").equals(whole)
    order = [16, 20, 9, 10, 11, 13, 14, 1, 2, 5, 6, 0]
    path = written(tmp_path, made([[row[i] for i in order] for row in ROWS]))
    source = Source("s", zone="UTC", options={"fields": [NAMES_21[i] for i in order]})
    assert read("asterisk", path, source=source).records.drop("meta").equals(whole)
    with pytest.raises(InputError, match="no line is a record of Asterisk"):
        read("asterisk", path)
    with pytest.raises(InputError, match="lacks billsec"):
        read("asterisk", path, source=Source("s", options={"fields": ["disposition"]}))


def test_shapes_may_change_within_a_file(tmp_path: Path) -> None:
    """As when cdr.conf was edited; every line is a row or broken."""
    content = made([ROWS[0][:18], ROWS[1], ROWS[2][:18]]) + "not a record\n" + made([ROWS[4]])
    found = read("asterisk", written(tmp_path, content))
    assert found.lines == [1, 2, 3, 5]
    assert [one.line for one in found.broken] == [4]
    assert accounted(found, content)


def test_a_report_has_its_times_reckoned() -> None:
    """From calldate, duration and billsec: 8 s of which 6 were talked."""
    found = read("asterisk", REPORT)
    first = found.records.to_dicts()[0]
    assert first["answered_at"] == utc(2026, 3, 2, 12, 39, 28)
    assert first["ended_at"] == utc(2026, 3, 2, 12, 39, 34)
    assert first["duration_ms"] == 6_000
    assert first["leg"] == "SIP/213-000000c5@2026-03-02 12:39:26"
    assert found.reasons() == {None: 3}


def test_a_report_without_billsec_is_refused(tmp_path: Path) -> None:
    """Its duration counts the ringing: it must not price."""
    content = REPORT.read_text().replace("billsec", "talk")
    with pytest.raises(InputError, match="billsec"):
        read("asterisk", written(tmp_path, content))


def dump(stamp: str) -> str:
    row = [stamp, '"A" <105>', "105", "4420", "ctx", "SIP/105-00000001", "", "Wait", "1", "27"]
    return made([[*row, "27", "ANSWERED", "3", "", "1504279981.1", *[""] * 9, ""]])


@pytest.mark.parametrize(
    ("stamp", "order", "expected"),
    [
        ("1/9/2017 16:33:01", "dmy", utc(2017, 9, 1, 16, 33, 1)),
        ("1/9/2017 16:33:01", "mdy", utc(2017, 1, 9, 16, 33, 1)),
        ("1/9/2017 16:33:01", None, None),
        ("25/9/2017 16:33:01", None, utc(2017, 9, 25, 16, 33, 1)),
        ("9/25/2017 6:33:01", None, utc(2017, 9, 25, 6, 33, 1)),
        ("25/9/2017 16:33:01", "mdy", None),
        ("2017/9/1 16:33:01", None, utc(2017, 9, 1, 16, 33, 1)),
        ("17/09/01 16:33:01", None, None),
        ("17/09/01 16:33:01", "ymd", utc(2017, 9, 1, 16, 33, 1)),
        ("01/09/17 16:33:01", "dmy", utc(2017, 9, 1, 16, 33, 1)),
        ("31/6/2017 16:33:01", "dmy", None),
    ],
)
def test_the_order_of_day_and_month_is_told_or_plain(
    tmp_path: Path, stamp: str, order: str | None, expected: datetime | None
) -> None:
    """A day above 12 shows the order; otherwise `options.dates` says it, or the row waits."""
    options = {} if order is None else {"dates": order}
    found = read(
        "asterisk",
        written(tmp_path, dump(stamp)),
        source=Source("s", zone="UTC", options=options),
    )
    assert found.records["setup_at"].to_list() == [expected]
    assert found.reasons() == {None if expected else "bad_time": 1}


def test_times_without_seconds_wait_unless_the_source_takes_them(tmp_path: Path) -> None:
    """billsec still prices, but when the call was is known to the minute only."""
    path = written(tmp_path, dump("25/9/2017 16:33"))
    found = read("asterisk", path)
    assert found.reasons() == {"bad_time": 1}
    assert "whole_minutes" in str(found.records["detail"][0])
    source = Source("s", zone="UTC", options={"whole_minutes": True})
    taken = read("asterisk", path, source=source).records
    assert taken["setup_at"].to_list() == [utc(2017, 9, 25, 16, 33)]
    assert taken["duration_ms"].to_list() == [27_000]


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        (14, "ANSWERD", "bad_value"),
        (14, "", "missing_value"),
        (13, "sixty", "bad_value"),
        (9, "2026-02-30 10:00:00", "bad_time"),
        (10, "", "missing_value"),
        (11, "2026-03-02 08:00:00", "end_before_start"),
        (15, "OMIT", "bad_value"),
        (15, "1", "bad_value"),
        (14, "CONGESTION", "status_disagrees"),
    ],
)
def test_rows_that_cannot_be_trusted_are_set_aside(
    tmp_path: Path, column: int, value: str, reason: str
) -> None:
    """Each with its reason; the row beside it is a call."""
    spoiled = [*ROWS[2][:column], value, *ROWS[2][column + 1 :]]
    found = read("asterisk", written(tmp_path, made([spoiled, ROWS[0]])))
    assert found.records["reason"].to_list() == [reason, None]


def test_omitted_rows_can_be_billed(tmp_path: Path) -> None:
    """Where the flag means nothing to the carrier."""
    path = written(tmp_path, made([[*ROWS[2][:15], "OMIT", *ROWS[2][16:]]]))
    source = Source("s", zone="UTC", options={"omit": "bill"})
    assert read("asterisk", path, source=source).reasons() == {None: 1}


def test_words_for_nothing_are_nothing(tmp_path: Path) -> None:
    """NULL, backslash N and MySQL's zero date, as dumps have them."""
    row = [*ROWS[1][:10], "0000-00-00 00:00:00", *ROWS[1][11:17], "NULL", "\\N", *ROWS[1][19:]]
    found = read("asterisk", written(tmp_path, made([["NULL", *row[1:]]]))).records.to_dicts()[0]
    assert (found["answered_at"], found["reason"]) == (None, None)
    assert found["account_code"] == "uplink"
    assert found["meta"] == '{"linkedid":"1772438700.2"}'


def test_names_may_hold_quotes_commas_newlines_and_other_alphabets(tmp_path: Path) -> None:
    """Callers choose their names."""
    name = 'A "B", C\nD \u00a5'
    rows = [[*ROWS[2][:4], name, *ROWS[2][5:]], ROWS[0]]
    found = read("asterisk", written(tmp_path, made(rows).encode("latin-1")))
    assert found.rows["clid"][0] == name
    assert found.lines == [1, 3]
    assert found.reasons() == {None: 2}


def test_rows_from_quarantine_keep_their_identity(tmp_path: Path) -> None:
    """Read again from their columns, in another order and beside other layouts."""
    master, report = read("asterisk", MASTER), read("asterisk", REPORT)
    together = pl.concat([report.rows, master.rows], how="diagonal").reverse()
    found = reader("asterisk").records(together, UTC_SOURCE)
    ids = pl.concat([report.records, master.records]).reverse().select("call_id", "setup_at")
    assert found.select("call_id", "setup_at").equals(ids)


def test_an_empty_file_has_no_calls(tmp_path: Path) -> None:
    """Asterisk makes the file before the first call."""
    assert read("asterisk", written(tmp_path, "")).records.height == 0


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples are not here")
@pytest.mark.parametrize(
    ("name", "options", "rows", "reasons"),
    [
        ("Master.csv", {}, 84, {None: 82, "status_disagrees": 2}),
        ("freepbx_report.csv", {}, 100, {None: 100}),
        ("freepbx_table_dump.csv", {}, 856, {None: 178, "bad_time": 678}),
        ("freepbx_table_dump.csv", {"dates": "dmy"}, 856, {None: 854, "status_disagrees": 2}),
        ("freepbx_report_cr_only.csv", {}, 25, {"bad_time": 25}),
        ("freepbx_report_cr_only.csv", {"dates": "dmy", "whole_minutes": True}, 25, {None: 25}),
    ],
)
def test_samples_are_read_to_the_last_row(
    name: str, options: dict[str, object], rows: int, reasons: dict[str | None, int]
) -> None:
    """One record a row, or a reason; no two rows of a file are the same call."""
    path = SAMPLES / "asterisk" / name
    found = read("asterisk", path, source=Source("s", zone="UTC", options=options))
    assert found.records.height == rows
    assert found.reasons() == reasons
    assert not found.broken
    assert found.records.select("call_id", "leg").n_unique() == rows
