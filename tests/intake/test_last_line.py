"""The last line of a file that has no end (docs/rules/records.md, "A last line without its end")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.calls.readers_support import read, written
from tests.imports_support import ACME, Site

from minutebook.calls.source import Source
from minutebook.intake import intake

if TYPE_CHECKING:
    from pathlib import Path

EDGE = Source("edge", format="opensips", server="lon-1")
TWO = (
    "INVITE|a|b|c1|200|OK|1791201600|5|1791201595|600|600000\n"
    "INVITE|a|c|c2|200|OK|1791201600|5|1791201595|600|600000"
)
HEAD = "call_id,server,caller,called,setup_at,answered_at,ended_at"
CALL = "by-hand,lon-1,4420,4930,2026-10-05T12:00:00Z,2026-10-05T12:00:04Z,2026-10-05T12:01:04Z"


def test_a_length_that_is_cut_is_not_billed_and_comes_when_it_is_whole(tmp_path: Path) -> None:
    """6 s of a call of 600 s, and its true record a conflict: neither."""
    site = Site(tmp_path / "book", ACME)
    told = {"format": "opensips", "source": EDGE}
    for less in range(1, 8):
        path = written(tmp_path, TWO[:-less], "acc_1.log")
        result = site.load(path, **told)
        assert result.unended == (f"{path}:2",)
        assert (result.read, result.quarantined) == (1, 0)
    path = written(tmp_path, TWO + "\n", "acc_1.log")
    result = site.load(path, **told)
    assert (result.added, result.duplicates, result.unended) == (1, 1, ())
    assert site.calls["duration_ms"].to_list() == [600_000, 600_000]


def test_a_file_written_by_hand_loses_no_call(tmp_path: Path) -> None:
    """Its last line shows that it is whole, or is told and taken where the file is said to be finished."""
    site = Site(tmp_path / "book", ACME)
    result = site.load(written(tmp_path, f"{HEAD}\n{CALL}", "one"))
    assert (result.added, result.unended) == (1, ())
    path = written(tmp_path, f"{HEAD},duration_ms\n{CALL.replace('hand', 'eye')},60000", "two")
    result = site.load(path)
    assert (result.read, result.unended) == (0, (f"{path}:2",))
    result = intake.import_files(
        site.lake,
        site.quarantine,
        [path],
        format="minutebook",
        directory=site.directory,
        complete=True,
    )
    assert (result.added, result.unended) == (1, ())
    assert site.ids == ["by-eye", "by-hand"]


def test_what_cannot_go_on_is_whole(tmp_path: Path) -> None:
    """A time with `Z` or an offset in the last column of as many; nothing else of a row."""
    site = Site(tmp_path / "book", ACME)
    for n, (row, whole) in enumerate(
        [
            (CALL, True),
            (CALL[:-1] + "+00:00", True),
            (CALL[:-1] + "+00", False),
            (CALL[:-1], False),
            (CALL[:-1] + ".25", False),
            (CALL.rsplit(",", 1)[0], False),
            (CALL + ",", False),
            (CALL.replace(",4930,", ",,4930,"), False),
        ]
    ):
        content = f"{HEAD}\n{row}".replace("by-hand", f"c{n}")
        result = site.load(written(tmp_path, content, f"file{n}"))
        assert (result.added == 1, result.unended == ()) == (whole, whole), row
        assert result.quarantined == 0


def test_a_last_row_without_its_last_columns_waits(tmp_path: Path) -> None:
    """Of a finished file it is no row, whatever else is in the file, and the others are calls."""
    site = Site(tmp_path / "book", ACME)
    path = written(tmp_path, f"{HEAD}\n{CALL}\nby-ear,lon-1,44207", "cut")
    told: list[int] = []
    result = intake.import_files(
        site.lake,
        site.quarantine,
        [path],
        format="minutebook",
        directory=site.directory,
        complete=True,
        progress=lambda done, size, rows: told.append(rows),
    )
    assert (result.added, result.reasons, told[-1]) == (1, {"broken_line": 1}, 2)


JSON = (
    '{"call_id":"%s","server":"lon-1","caller":"4420","called":"4930","setup_at":"2026-10-05T12:00:00Z",'
    '"answered_at":"2026-10-05T12:00:04Z","ended_at":"2026-10-05T12:01:04Z"}'
)


def test_an_object_that_is_cut_anywhere_is_left(tmp_path: Path) -> None:
    """Behind a whole time, too: a brace is lacking."""
    site = Site(tmp_path / "book", ACME)
    whole = JSON % "c1" + "\n" + JSON % "c2"
    for less in (1, 2, 3, 22):
        result = site.load(written(tmp_path, whole[:-less], "calls.json"))
        assert (len(result.unended), result.quarantined) == (1, 0), less
    result = site.load(written(tmp_path, whole, "calls.json"))
    assert (result.added, result.unended) == (1, ())


def test_a_row_that_is_cut_within_a_quoted_value_is_left(tmp_path: Path) -> None:
    """Its lines have their ends; it comes when its quote is closed, and is broken in a finished file."""
    head, more = f"{HEAD},cause", CALL.replace("by-hand", "by-ear")
    for n, cut in enumerate(
        (f'{more},"gone\n', f'{more},"gone\n\nfor', f'{more},"gone\nfor ever\n')
    ):
        site = Site(tmp_path / f"book{n}", ACME)
        path = written(tmp_path, f"{head}\n{CALL},x\n{cut}", "cut")
        result = site.load(path)
        assert (result.added, result.quarantined, result.unended) == (1, 0, (f"{path}:3",))
        whole = f'{head}\n{CALL},x\n{more},"gone\nfor ever"\n'
        result = site.load(written(tmp_path, whole, "cut"))
        assert (result.added, result.quarantined, result.unended) == (1, 0, ())
    found = read("minutebook", written(tmp_path, f'{head}\n{CALL},x\n{more},"gone\n', "cut"))
    assert [one.line for one in found.broken] == [3]
    stray = f'{head}\n{more},"gone\n{CALL},x\n'  # a row follows: the quote is a slip
    found = read("minutebook", written(tmp_path, stray, "stray"), complete=False)
    assert ([one.line for one in found.broken], found.lines, found.unended) == ([2], [3], [])


def test_a_length_in_seconds_that_the_times_deny_waits(tmp_path: Path) -> None:
    """Beside `duration_ms` and without it; the talk and the whole call, ringing and all, are no denial."""
    for length, reason in (
        (60, None),
        (64, None),
        (61.9, None),
        (600, "status_disagrees"),
        ("1:00", None),
    ):
        for head, row in (
            (f"{HEAD},duration_ms,duration", f"{CALL},60000"),
            (f"{HEAD},duration", CALL),
        ):
            found = read("minutebook", written(tmp_path, f"{head}\n{row},{length}\n"))
            assert found.records["reason"].to_list() == [reason], length
            assert reason or found.records["duration_ms"].to_list() == [60_000]
    missed = CALL.replace("2026-10-05T12:00:04Z", "")
    for length, reason in ((0, None), (64, None), (30, "status_disagrees")):
        found = read("minutebook", written(tmp_path, f"{HEAD},duration\n{missed},{length}\n"))
        assert found.records["reason"].to_list() == [reason]
