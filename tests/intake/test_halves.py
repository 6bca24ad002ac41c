"""Starts and ends of calls that come apart (docs/rules/records.md, "Transactions of a proxy")."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.calls.readers_support import written
from tests.imports_support import ACME, Site

from minutebook.calls.source import Source

if TYPE_CHECKING:
    from pathlib import Path

EDGE = Source("edge", format="opensips", server="lon-1")
CALL = "INVITE|a|b|c1|200|OK|1791201600\nBYE|a|b|c1|200|OK|1791201661\n"


@pytest.mark.parametrize(
    ("time", "reason"), [("", "missing_value"), ("12:00", "bad_time"), ("NULL", "bad_time")]
)
def test_an_end_without_a_time_waits_and_the_rest_goes_on(
    tmp_path: Path, time: str, reason: str
) -> None:
    """It ends no call: not its own either, whose true end is still to come."""
    site = Site(tmp_path / "book", ACME, sources={"edge": EDGE})
    told = {"format": "opensips", "source": EDGE}
    assert site.load(written(tmp_path, CALL, "one"), **told).added == 1
    timeless = f"INVITE|f9|c8|x1@h|200|OK|1791201700\nBYE|f9|c8|x1@h|200|OK|{time}\n"
    result = site.load(written(tmp_path, timeless, "two"), **told)
    assert result.reasons == {"unpaired": 1, reason: 1}
    assert site.retry().reasons == {"unpaired": 1, reason: 1}
    end = "BYE|f9|c8|x1@h|200|OK|1791201760\n"
    result = site.load(written(tmp_path, end, "three"), **told)
    assert (result.added, result.quarantined) == (1, 0)
    assert site.calls["duration_ms"].to_list() == [61_000, 60_000]


@pytest.mark.parametrize("half", ["BYE|f9|c8|x1@h|200|OK|", "INVITE|f9|c8|x1@h|200|OK|"])
def test_a_half_without_a_time_stops_nothing(tmp_path: Path, half: str) -> None:
    """Alone in its file, and tried again, beside calls of its source that are known."""
    site = Site(tmp_path / "book", ACME, sources={"edge": EDGE})
    told = {"format": "opensips", "source": EDGE}
    site.load(written(tmp_path, CALL, "one"), **told)
    for _ in range(2):
        result = site.load(written(tmp_path, f"{half}\n", "two"), **told)
        assert (result.added, result.quarantined) == (0, 1)
        assert site.retry().quarantined == 1
