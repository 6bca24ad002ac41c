"""A file that comes again under a source of another zone or country is not billed twice."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from tests.imports_support import Site

from minutebook.calls.identify import AccountSpan, Directory, MatchRule
from minutebook.calls.source import Source
from minutebook.errors import InputError
from minutebook.lake.sources import shared_in_lake

if TYPE_CHECKING:
    from pathlib import Path

OURS = Directory(
    (MatchRule("acme", caller_prefix="4420"), MatchRule("acme", caller_prefix="020")),
    (AccountSpan("acme", date(2026, 10, 1)),),
)
UTC = Source("ast", "asterisk", zone="UTC")
LONDON = Source("astl", "asterisk", zone="Europe/London")
AUCKLAND = Source("asta", "asterisk", zone="Pacific/Auckland")
BRITISH = Source("astc", "asterisk", zone="UTC", country="44")
HEAD = "calldate,src,dst,duration,billsec,disposition,uniqueid"
ROW = "2026-10-13 12:15:39,442079460106,442079460107,65,60,ANSWERED,1792836000.69"


def _file(tmp_path: Path, row: str) -> Path:
    (tmp_path / "m.csv").write_text(f"{HEAD}\n{row}\n")
    return tmp_path / "m.csv"


@pytest.mark.provokes(
    "lake/sources.py: … of source …, … among them, … in the lake already, under source …, at another "
    "time or with other numbers; pass source=… if they are the same, and where its zone or country was "
    "wrong, mend it and use book.calls.import_again; other_calls=True if they are others",
    when="`minutebook import`: the lake has calls of the file under another source, of another zone or country.",
)
@pytest.mark.parametrize(
    ("row", "other"),
    [
        (ROW, LONDON),
        (ROW, AUCKLAND),
        (
            ROW.replace("442079460106", "02079460106").replace("442079460107", "02079460107"),
            BRITISH,
        ),
    ],
    ids=["zone", "a day away", "country"],
)
def test_a_file_under_a_source_of_another_zone_or_country_is_refused(
    tmp_path: Path, row: str, other: Source
) -> None:
    """Nothing is added until somebody says which is meant, whichever source came first."""
    file = _file(tmp_path, row)
    for number, (first, second) in enumerate([(UTC, other), (other, UTC)]):
        site = Site(tmp_path / f"lake{number}", OURS)
        assert site.load(file, format="asterisk", source=first).added == 1
        says = (
            f"of source {second.name}, .* under source {first.name}, at another time .*import_again"
        )
        with pytest.raises(InputError, match=says):
            site.load(file, format="asterisk", source=second)
        assert site.calls.height == 1
        assert site.load(file, format="asterisk", source=second, other_calls=True).added == 1
        (found,) = shared_in_lake(site.lake, site.lake.snapshot())
        assert found.calls == 1


@pytest.mark.parametrize(
    "change", [("12:15:39", "12:16:39"), ("65,60", "66,61"), ("460107", "460108")]
)
def test_another_call_of_another_source_is_no_call_of_the_first(
    tmp_path: Path, change: tuple[str, str]
) -> None:
    """Ids of two switches may be alike by chance; zones are a quarter of an hour apart, or more."""
    site = Site(tmp_path / "lake", OURS)
    assert site.load(_file(tmp_path, ROW), format="asterisk", source=UTC).added == 1
    file = _file(tmp_path, ROW.replace(*change))
    assert site.load(file, format="asterisk", source=LONDON).added == 1
