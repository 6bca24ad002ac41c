"""What results state as data has words, the same at every door."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import get_args

import pytest

from minutebook.billing.differences import Difference, Proves
from minutebook.facts import Fact
from minutebook.fit.sureness import Sureness
from minutebook.rating.steps import PriceStep
from minutebook.show.sentences.facts import sentence
from minutebook.show.sentences.proofs import PROVED
from minutebook.statements.month_quote import MonthStep
from minutebook.statements.quote import NoRate, RateBlocked
from minutebook.statements.recurring import RecurringStep
from minutebook.statements.steps import CallStep, ChargeStep

KINDS = (PriceStep, MonthStep, RecurringStep, CallStep, ChargeStep, Difference)


def test_every_kind_of_fact_is_in_a_union_that_has_words() -> None:
    """Types say that each kind of a union has words; none is outside of all."""
    unions = (kind for union in KINDS for kind in get_args(union))
    known = {kind.__qualname__ for kind in (NoRate, RateBlocked, Proves, Sureness, *unions)}
    stated = [kind for kind in Fact.__subclasses__() if kind.__module__.startswith("minutebook.")]
    assert {kind.__qualname__ for kind in stated} == known


def test_a_fact_says_its_sentence() -> None:
    """Printed at the prompt it is what the commands print; as data it is its figures."""
    fact = RateBlocked("449")
    assert str(fact) == sentence(fact) == "no rate: prefix 449 is blocked"
    assert repr(fact) == "RateBlocked(prefix='449')"


def test_a_fact_of_no_kind_that_is_shown_is_an_error() -> None:
    """It is never printed as something else."""

    @dataclass(frozen=True)
    class Strange(Fact):
        by: Decimal

    with pytest.raises(TypeError, match="no words for"):
        str(Strange(Decimal(1)))


def test_every_check_says_what_it_proves() -> None:
    """By its name."""
    for name, words in PROVED.items():
        assert str(Proves(name)) == words
