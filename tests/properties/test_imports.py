"""Imports against a model that reads one row at a time."""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.imports_support import DAY, Row, Site, write

from minutebook.lake import comparing, dedupe, hashes, staging
from minutebook.lake.duplicates import duplicate_identities

if TYPE_CHECKING:
    from collections.abc import Iterator

    from minutebook.intake.intake import ImportResult

pytestmark = pytest.mark.slow

ROWS = st.builds(
    Row,
    call_id=st.sampled_from("abcd"),
    server=st.sampled_from(["lon-1", "lon-1", "nobodys"]),
    leg=st.sampled_from(["", "2"]),
    day=st.integers(0, 3).map(lambda n: DAY + timedelta(n)),
    called=st.sampled_from(["12025550100", "+1 202 555 0100", "12025550101"]),
    ring_s=st.sampled_from([5.0, None]),
    talk_s=st.sampled_from([0, 60, 86_400.001]),
)
FILES = st.lists(ROWS, max_size=6)
IMPORTS = st.lists(st.lists(FILES, min_size=1, max_size=3), min_size=1, max_size=4)
WHERE = ["file", "line"]


def told(row: Row) -> list[str]:
    """What a record says, its number as digits."""
    return row.but(called="".join(filter(str.isdigit, row.called))).fields()


def identity(row: Row) -> tuple[str, str, str]:
    return row.server, row.call_id, row.leg


@contextmanager
def loaded(
    imports: list[list[list[Row]]], *, small: bool = False
) -> Iterator[tuple[Site, list[ImportResult]]]:
    """A lake after these imports, each of several files, and their results."""
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        site = Site(folder / "lake")
        if small:
            patch.setattr(staging, "OWN_FILE_ROWS", 2)
            patch.setattr(hashes, "RANGE_ROWS", 2)
            patch.setattr(dedupe, "COMPARED_ROWS", 2)
            patch.setattr(comparing, "AT_ONCE_ROWS", 1)
        yield (
            site,
            [
                site.load(*(write(folder / f"{i}-{f}.csv", rows) for f, rows in enumerate(files)))
                for i, files in enumerate(imports)
            ],
        )


@settings(max_examples=7, deadline=None)
@given(IMPORTS, st.booleans())
def test_every_record_is_added_a_duplicate_or_set_aside_as_the_first_one_says(
    imports: list[list[list[Row]]], small: bool
) -> None:
    """The first record of an identity is the call; the same again is a duplicate, others wait."""
    first: dict[tuple[str, str, str], Row] = {}
    with loaded(imports, small=small) as (site, results):
        calls, twice = site.calls, duplicate_identities(site.lake)
    for files, result in zip(imports, results, strict=True):
        outcome: Counter[str] = Counter()
        for row in (row for rows in files for row in rows):
            if row.server == "nobodys":
                outcome["no_account"] += 1
            elif first.setdefault(identity(row), row) is row:
                outcome["added"] += 1
            else:
                same = told(first[identity(row)]) == told(row)
                outcome["duplicate" if same else "conflict"] += 1
        assert result.added == outcome.pop("added", 0)
        assert result.duplicates == outcome.pop("duplicate", 0)
        assert result.reasons == dict(outcome)
    kept = calls.select("server", "call_id", "leg", "called_recorded", "called").rows()
    assert {row[:3]: row[3] or row[4] for row in kept} == {i: r.called for i, r in first.items()}
    assert len(kept) == len(first)
    assert twice.is_empty()


@settings(max_examples=7, deadline=None)
@given(st.data(), st.lists(ROWS, max_size=12, unique_by=identity))
def test_the_order_and_the_cut_of_files_do_not_matter(data: st.DataObject, rows: list[Row]) -> None:
    """Shuffled, repeated, and spread over files and imports, the same calls make the same lake."""
    repeated = data.draw(st.lists(st.sampled_from(rows))) if rows else []
    again = data.draw(st.permutations([*rows, *repeated]))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(again)), max_size=4)))
    pieces = [again[a:b] for a, b in zip([0, *cuts], [*cuts, len(again)], strict=True)]
    together = data.draw(st.integers(1, 3))
    imports = [pieces[n : n + together] for n in range(0, len(pieces), together)]
    with loaded([[rows]]) as (straight, _), loaded(imports) as (crooked, _):
        assert crooked.calls.drop(WHERE).equals(straight.calls.drop(WHERE))
        waiting = [site.quarantine.open().select("raw").sort("raw") for site in (straight, crooked)]
        assert waiting[0].equals(waiting[1])


@settings(max_examples=6, deadline=None)
@given(IMPORTS)
def test_importing_everything_again_changes_nothing(imports: list[list[list[Row]]]) -> None:
    """Neither the lake nor what waits, except that calls that conflicted conflict again."""
    with loaded(imports) as (site, _):
        calls, waiting = site.calls, site.quarantine.open()
        version = site.lake.snapshot().version
        files = sorted(site.folder.parent.glob("*.csv"))
        assert site.load(*files).added == 0
        assert site.calls.equals(calls)
        assert site.lake.snapshot().version == version
        assert site.quarantine.open().equals(waiting)


def test_the_strategies_make_what_they_are_to_test() -> None:
    """An identity with two bodies is seen as a conflict, so the laws above can fail."""
    with loaded([[[Row("a"), Row("a", talk_s=1), Row("a")]]]) as (_, (result,)):
        assert (result.added, result.duplicates, result.reasons) == (1, 1, {"conflict": 1})
