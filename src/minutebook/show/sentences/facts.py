"""A fact in words, of whatever kind it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.billing.differences import Difference, Proves
from minutebook.fit.sureness import Sureness
from minutebook.rating.steps import PriceStep
from minutebook.show.sentences import calls, charges, months, prices, proofs
from minutebook.show.sentences.fits import SURENESS
from minutebook.statements.month_quote import MonthStep
from minutebook.statements.quote import NoRate, RateBlocked
from minutebook.statements.recurring import ChannelStep, MinimumStep, ShortCallStep
from minutebook.statements.steps import CallStep, ChargeStep, DueLessPosted

if TYPE_CHECKING:
    from minutebook.facts import Fact


def sentence(fact: Fact) -> str:
    """What every door says of a fact; `TypeError` where it is of no kind that is shown."""
    if isinstance(fact, PriceStep):
        return prices.price_step(fact)
    if isinstance(fact, NoRate | RateBlocked):
        return prices.refusal_words(fact)
    if isinstance(fact, MonthStep):
        return months.month_step(fact)
    if isinstance(fact, CallStep):
        return calls.call_step(fact)
    if isinstance(fact, ChargeStep | DueLessPosted):
        return charges.charge_step(fact)
    if isinstance(fact, ChannelStep):
        return charges.channel_step(fact)
    if isinstance(fact, MinimumStep):
        return charges.minimum_step(fact)
    if isinstance(fact, ShortCallStep):
        return charges.short_call_step(fact)
    if isinstance(fact, Proves):
        return proofs.proved_words(fact)
    if isinstance(fact, Difference):
        return proofs.difference_words(fact)
    if isinstance(fact, Sureness):
        return SURENESS[fact]
    raise TypeError(f"no words for {fact!r}")
