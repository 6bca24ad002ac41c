"""What the cost of a plan rests on, in words."""

from __future__ import annotations

from minutebook.fit.sureness import Sureness

SURENESS = {
    Sureness.CHARGED_BY_THE_MONTH: "not whole: charged for the month, and these days are no whole months",
    Sureness.WITHOUT_UNPRICED: "not whole: without the calls that have no price",
    Sureness.SIZED: "sized by replay of the calls",
    Sureness.SCALED: "scaled by the growth",
    Sureness.BILLED: "exact: as billed",
}
