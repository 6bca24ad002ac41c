"""A key that asks too often waits; others do not."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from minutebook.api.rates import RequestRates

if TYPE_CHECKING:
    import pytest
    from tests.api.conftest import Served


def test_a_key_may_ask_so_often_and_twice_as_often_at_once() -> None:
    now = [0.0]
    rates = RequestRates(Decimal(10), lambda: now[0])
    assert [rates.wait_s("a") for _ in range(21)] == [0.0] * 20 + [0.1]
    assert rates.wait_s("b") == 0.0
    now[0] += 0.05
    assert round(rates.wait_s("a"), 9) == 0.05
    now[0] += 0.05
    assert rates.wait_s("a") == 0.0
    now[0] += 3600
    assert sum(rates.wait_s("a") == 0.0 for _ in range(50)) == 20
    assert not any(RequestRates(None).wait_s("a") for _ in range(1000))


def test_who_asks_too_often_is_told_when_to_ask_again(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a problem document, and nothing is done; another key is answered."""
    slow = RequestRates(Decimal("0.5"), lambda: 0.0)
    wait_s = slow.wait_s
    monkeypatch.setattr(RequestRates, "wait_s", lambda _, who: wait_s(who))
    assert served.ask("/api/v1/plans", "finance")[0] == 200
    status, told, headers = served.ask("/api/v1/plans", "finance")
    assert (status, told["title"], headers["retry-after"]) == (429, "Too Many Requests", "2")
    assert "the key finance asks too often" in told["detail"]
    assert served.ask("/api/v1/plans", "engineer")[0] == 200
