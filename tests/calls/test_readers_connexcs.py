"""ConnexCS (docs/rules/records.md, "ConnexCS")."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from readers_support import read, written

from minutebook.calls.readers import detect
from minutebook.calls.source import Source
from minutebook.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "id,dt,src,dst,duration,charge,customer_id,callid,sip_code\n"
TEN = "1,2026-10-01 09:00:04,442079460999,442079460123,10.0,0.0100,77,c1@lon-1,200\n"
LONG = "2,2026-10-01 09:10:05,442079460999,447700900123,61.0,0.0330,77,c2@lon-1,200\n"
MISSED = "3,2026-10-02 11:00:00,442079460999,442079460124,0,0,77,c4@lon-1,480\n"


def test_a_start_and_a_duration_are_a_call(tmp_path: Path) -> None:
    """In UTC, as every export is; the code says who answered; the charge is kept."""
    path = written(tmp_path, HEAD + TEN + LONG + MISSED)
    assert detect(path).name == "connexcs"
    found = read("connexcs", path, source=Source("s"))
    assert found.reasons() == {None: 3}
    assert found.records["duration_ms"].to_list() == [10_000, 61_000, None]
    first = found.record("c1@lon-1")
    assert first["answered_at"] == datetime(2026, 10, 1, 9, 0, 4, tzinfo=UTC)
    assert first["ended_at"] == datetime(2026, 10, 1, 9, 0, 14, tzinfo=UTC)
    assert (first["account_code"], first["cause"]) == ("77", "200")
    assert first["meta"] == '{"charge":"0.0100"}'


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (TEN.replace(",200", ",487"), "status_disagrees"),
        (TEN.replace(",10.0,", ",,"), "missing_value"),
        (TEN.replace(",10.0,", ",00:10,"), "bad_value"),
        (TEN.replace(",10.0,", ",-1,"), "negative_duration"),
        (TEN.replace("442079460123", ""), "missing_value"),
        (TEN.replace("2026-10-01 09:00:04", "01/10/2026 09:00"), "bad_time"),
        (TEN.replace("c1@lon-1", ""), "missing_value"),
        (MISSED.replace(",480", ",200"), None),
    ],
)
def test_what_cannot_be_told_waits(tmp_path: Path, row: str, reason: str | None) -> None:
    """With its reason; a call of no second that was answered is one."""
    assert read("connexcs", written(tmp_path, HEAD + row)).reasons() == {reason: 1}


def test_without_a_code_a_duration_tells(tmp_path: Path) -> None:
    """Columns of an export are chosen by whoever makes it."""
    rows = [line.rsplit(",", 1)[0] for line in (HEAD + TEN + MISSED).splitlines()]
    found = read("connexcs", written(tmp_path, "\n".join(rows)))
    assert found.records["duration_ms"].to_list() == [10_000, None]


@pytest.mark.parametrize("lost", ["dt", "duration", "dst", "callid"])
def test_an_export_that_lacks_what_a_call_needs_is_refused(tmp_path: Path, lost: str) -> None:
    """With the name of the column to choose."""
    path = written(tmp_path, HEAD.replace(lost, "other", 1) + TEN)
    with pytest.raises(InputError, match=f"no column {lost}"):
        read("connexcs", path)
