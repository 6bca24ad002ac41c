"""The format of our own (docs/rules/records.md, "Minutebook's own format")."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl
import pytest
from readers_support import FIXTURES, UTC_SOURCE, read, written

from minutebook.calls.check import checked
from minutebook.calls.readers import detect, reader
from minutebook.calls.source import Source
from minutebook.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

FILE = FIXTURES / "minutebook.csv"
HEADER, *ROWS = FILE.read_text().splitlines()


def columns(found: pl.DataFrame) -> pl.DataFrame:
    return found.drop("row")


def test_a_row_is_a_call() -> None:
    """Times in UTC, to the microsecond; the recorded duration, else end less answer."""
    found = read("minutebook", FILE)
    assert found.reasons() == {None: 4}
    assert found.record("a-1@198.51.100.7") == {
        "row": 0,
        "call_id": "a-1@198.51.100.7",
        "server": "lon-1",
        "leg": "",
        "account": None,
        "account_code": "acme",
        "trunk": None,
        "direction": None,
        "caller": "442079460001",
        "called": "4930111222",
        "setup_at": datetime(2026, 10, 1, 9, tzinfo=UTC),
        "answered_at": datetime(2026, 10, 1, 9, 0, 5, 250_000, tzinfo=UTC),
        "ended_at": datetime(2026, 10, 1, 9, 1, 5, 750_000, tzinfo=UTC),
        "duration_ms": 60_500,
        "cause": "16",
        "meta": None,
        "reason": None,
        "detail": None,
    }
    assert found.record("a-2@198.51.100.7")["answered_at"] is None
    third = found.record("a-3@198.51.100.7")
    assert third["setup_at"] == datetime(2026, 10, 1, 9, 0, 2, tzinfo=UTC)
    assert (third["duration_ms"], third["called"]) == (9_400, "+49 30 111444")


def test_json_lines_and_parquet_are_the_same_calls(tmp_path: Path) -> None:
    """As text, as JSON, as typed columns of Parquet."""
    plain = read("minutebook", FILE)
    frame = pl.read_csv(FILE, infer_schema=False)
    frame.write_ndjson(tmp_path / "calls.json")
    frame.write_parquet(tmp_path / "text.parquet")
    typed = plain.records.select(
        "call_id", "server", "caller", "called", "account_code", "cause",
        "setup_at", "answered_at", "ended_at",
        pl.Series("duration_ms", [None, None, 9_400.0, None]),
    )  # fmt: skip
    typed.write_parquet(tmp_path / "typed.parquet")
    for name in ("calls.json", "text.parquet", "typed.parquet"):
        assert read("minutebook", tmp_path / name).records.equals(plain.records), name


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_parquet_times_keep_their_instant(tmp_path: Path, unit: str) -> None:
    """In any unit and zone; without a zone they are local in the source's."""
    base = pl.DataFrame(
        {"call_id": ["a"], "server": ["s"], "caller": ["1"], "called": ["2"], "answered_at": [None]}
    )
    moment = pl.Series([datetime(2026, 7, 1, 10, 0, 0, 123_000)], dtype=pl.Datetime(unit))
    for zone, expected in ((None, 9), ("UTC", 10), ("Asia/Kolkata", 10)):
        times = moment if zone is None else moment.dt.replace_time_zone("UTC")
        times = times if zone is None else times.dt.convert_time_zone(zone)
        path = tmp_path / "calls.parquet"
        base.with_columns(setup_at=times, ended_at=times).write_parquet(path)
        found = read("minutebook", path, source=Source("s", zone="Europe/London"))
        assert found.records["setup_at"].to_list() == [
            datetime(2026, 7, 1, expected, 0, 0, 123_000, tzinfo=UTC)
        ]
    assert read("minutebook", path, source=Source("s")).reasons() == {None: 1}
    base.with_columns(setup_at=moment, ended_at=moment).write_parquet(path)
    assert read("minutebook", path, source=Source("s")).reasons() == {"no_zone": 1}


def test_json_numbers_are_exact(tmp_path: Path) -> None:
    """A number of 19 digits is no float; a nested value is kept as JSON."""
    call = dict(zip(HEADER.split(","), ROWS[0].split(","), strict=True))
    call |= {"caller": 4420794600011234567, "duration_ms": 60500, "meta": {"a": [1.10, None]}}
    found = read("minutebook", written(tmp_path, json.dumps(call))).records.to_dicts()[0]
    assert found["caller"] == "4420794600011234567"
    assert found["duration_ms"] == 60_500
    assert json.loads(found["meta"]) == {"a": ["1.1", None]}


def test_a_bad_line_of_json_is_broken_not_fatal(tmp_path: Path) -> None:
    """Cut lines, lists, numbers, half characters, deep nesting."""
    call = json.dumps(dict(zip(HEADER.split(","), ROWS[0].split(","), strict=True)))
    bad = [call[:30], "[1]", "7", '{"a":"\\ud800"}', '{"a":"\\u0000"}', '{"a":' * 5000]
    found = read("minutebook", written(tmp_path, "\n".join([call, "", *bad, call])))
    assert found.lines == [1, 9]
    assert [one.line for one in found.broken] == [3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize("name", ["call_id", "called", "setup_at", "answered_at", "ended_at"])
def test_a_missing_column_refuses_the_file(tmp_path: Path, name: str) -> None:
    """The message names it, and what there is."""
    header = HEADER.replace(name, "other").replace("duration_ms", "length")  # stands for an end
    path = written(tmp_path, "\n".join([header, *ROWS]))
    with pytest.raises(InputError, match=f"no column {name}; it has .*other"):
        read("minutebook", path)


def test_the_server_may_be_the_sources(tmp_path: Path) -> None:
    """It is what a file of one switch does not say of itself."""
    frame = pl.read_csv(FILE, infer_schema=False).drop("server")
    path = tmp_path / "calls.csv"
    frame.write_csv(path)
    found = read("minutebook", path, source=Source("s", server="lon-9"))
    assert set(found.records["server"]) == {"lon-9"}
    with pytest.raises(InputError, match="no column server"):
        read("minutebook", path)


def test_columns_may_have_other_names(tmp_path: Path) -> None:
    """The usual ones are known, the rest is said in `options.columns`."""
    renamed = HEADER.replace("call_id", "Call-ID").replace("caller", "src_user")
    renamed = renamed.replace("called", "DST_USER").replace("account_code", "x_acct")
    path = written(tmp_path, "\n".join([renamed, *ROWS]))
    source = Source("s", options={"columns": {"account_code": "x_acct"}})
    found = read("minutebook", path, source=source)
    assert columns(found.records).equals(columns(read("minutebook", FILE).records))
    plain = read("minutebook", path).records
    assert plain["account_code"].null_count() == 4
    assert plain["meta"][0] == '{"x_acct":"acme"}'


def test_a_column_that_the_source_names_must_be_there(tmp_path: Path) -> None:
    """Or all its calls would silently lose their account code."""
    source = Source("s", options={"columns": {"account_code": "x_acct"}})
    with pytest.raises(InputError, match=r"x_acct \(for account_code\)"):
        read("minutebook", FILE, source=source)
    source = Source("s", options={"columns": {"acount": "x"}})
    with pytest.raises(InputError, match="acount"):
        read("minutebook", FILE, source=source)


def test_columns_of_no_meaning_are_kept_in_meta(tmp_path: Path) -> None:
    """As JSON, beside what the file itself puts there."""
    path = written(tmp_path, f'{HEADER},meta,pdd\n{ROWS[0]},"x ""y""",1.5\n{ROWS[1]},,\n')
    assert read("minutebook", path).records["meta"].to_list() == [
        '{"pdd":"1.5","meta":"x \\"y\\""}',
        None,
    ]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("2026-10-01T09:01:05.750Z", "2026-02-30T09:01:05Z", "bad_time"),
        ("2026-10-01T09:01:05.750Z", "2026-10-01", "bad_time"),
        ("2026-10-01T09:01:05.750Z", "2026-10-01 09:01:05", "no_zone"),
        ("2026-10-01T09:01:05.750Z", "2026-10-01T09:00:05Z", "end_before_start"),
        ("2026-10-01T09:01:05.750Z", "", "missing_value"),
        ("4930111222", "", "missing_value"),
        ("acme,,16", "acme,12s,16", "bad_value"),
        ("acme,,16", "acme,-1,16", "negative_duration"),
        ("acme,,16", "acme,999999999999,16", "too_long"),
    ],
)
def test_a_bad_value_sets_its_row_aside(tmp_path: Path, old: str, new: str, reason: str) -> None:
    """With the value in the words of the reason; the other rows are calls."""
    content = "\n".join([HEADER, ROWS[0].replace(old, new), ROWS[1]])
    found = read("minutebook", written(tmp_path, content), source=Source("s"))
    assert found.records["reason"].to_list() == [reason, None]


def test_a_start_and_a_length_are_enough(tmp_path: Path) -> None:
    """The start is the answer, where there is a length; epochs are times too."""
    head = "call_id,server,caller,called,start,duration\n"
    rows = (
        "a,lon-1,1,2,1791201600,60.5\nb,lon-1,1,2,2026-10-05T12:00:00Z,0\nc,lon-1,1,2,1791201600,\n"
    )
    path = written(tmp_path, head + rows)
    assert detect(path).name == "minutebook"
    found = read("minutebook", path)
    assert found.reasons() == {None: 3}
    assert found.records["duration_ms"].to_list() == [60_500, None, None]
    first = found.record("a")
    assert first["answered_at"] == first["setup_at"] == found.record("b")["ended_at"]
    assert (first["ended_at"] - first["answered_at"]).total_seconds() == 60.5
    assert first["meta"] is None
    again = checked(reader("minutebook").records(found.rows.reverse(), UTC_SOURCE), UTC_SOURCE)
    assert again["duration_ms"].to_list() == [None, None, 60_500]


def test_a_row_without_an_answer_that_lasts_still_waits(tmp_path: Path) -> None:
    """Where a file has a column of answers, an empty one is no answer; now and when it is tried again."""
    head = "call_id,server,caller,called,setup_at,answered_at,duration_ms\n"
    found = read("minutebook", written(tmp_path, f"{head}a,lon-1,1,2,1791201600,,60000\n"))
    assert found.reasons() == {"status_disagrees": 1}
    rows = found.rows.select(name for name in found.rows if name.null_count() == 0)
    assert read(
        "minutebook", written(tmp_path, f"{head}a,lon-1,1,2,1791201600,1791201605,60000\n")
    ).reasons() == {None: 1}
    tried = checked(reader("minutebook").records(rows, UTC_SOURCE), UTC_SOURCE)
    assert tried["reason"].to_list() == ["status_disagrees"]


def test_a_column_beside_the_end_stays_what_it_was(tmp_path: Path) -> None:
    """`duration` of a file with ends is kept in meta, and prices nothing."""
    head = "call_id,server,caller,called,setup_at,answered_at,ended_at,duration\n"
    row = "a,lon-1,1,2,2026-10-05T12:00:00Z,2026-10-05T12:00:05Z,2026-10-05T12:01:05Z,65\n"
    found = read("minutebook", written(tmp_path, head + row)).record("a")
    assert (found["duration_ms"], found["meta"]) == (60_000, '{"duration":"65"}')


def test_durations_may_have_decimals_and_are_truncated(tmp_path: Path) -> None:
    """`60000.0` is how tools write whole numbers with gaps."""
    for text, expected in (("60000.0", 60_000), ("1999.9", 1_999)):
        path = written(tmp_path, "\n".join([HEADER, ROWS[0].replace("acme,,", f"acme,{text},")]))
        assert read("minutebook", path).records["duration_ms"].to_list() == [expected]


def test_rows_from_quarantine_are_read_again() -> None:
    """Rows of several layouts, in any order, with columns that some do not have."""
    frame = pl.read_csv(FILE, infer_schema=False)
    renamed = frame.rename({"call_id": "callid", "called": "dst_user"}).head(2)
    together = pl.concat([renamed, frame.tail(2)], how="diagonal").reverse()
    found = reader("minutebook").records(together, UTC_SOURCE)
    assert found["call_id"].to_list() == list(reversed(frame["call_id"].to_list()))
    assert found["reason"].null_count() == 4


def test_a_header_alone_is_no_calls(tmp_path: Path) -> None:
    """A switch without traffic writes such files."""
    found = read("minutebook", written(tmp_path, HEADER))
    assert found.records.height == 0
