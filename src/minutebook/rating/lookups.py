"""The tables that a revision of a card goes by beside its prices, ready to look up."""

from __future__ import annotations

from typing import TypeAlias

from minutebook.rating.band_times import Holidays
from minutebook.rating.countries import Countries
from minutebook.rating.numbering import Numbering

LookUps: TypeAlias = Numbering | Countries | Holidays
"""Of states and ported numbers, of the countries of numbers, or of holidays: whichever prices differ by."""
