"""Pages send people to pages, where commands send them to commands."""

from __future__ import annotations

import pytest

from minutebook.web.wording import said_here


@pytest.mark.parametrize(
    ("said", "here"),
    [
        ("1 records are in quarantine; see: minutebook calls --quarantine", "1 records are in quarantine; see Quarantine"),
        ("no import's id begins with 'x'; see them with: minutebook import list", "no import's id begins with 'x'; see Imports"),
        ("there is no correction 9; see: minutebook correct --list, and correct again what is wrong", "there is no correction 9; see Corrections, and correct again what is wrong"),
        ("See them with: minutebook calls --quarantine", "See Quarantine"),
        ("see ids with: minutebook journal --month YYYY-MM", "see the Journal"),
        ("take it back if they are the same: minutebook import undo 4be1 --reason TEXT; say more", "take it back if they are the same on its page; say more"),
        ("try the record again with: minutebook import --retry", "try the record again on its page"),
        ("Correction 3; the next run posts it. Take it back with: minutebook correct --undo 3 --reason TEXT", "Correction 3; the next run posts it. Take it back on its page, in Corrections"),
        ("2026-10-06 is not billed yet; run: minutebook bill --through 2026-10-06", "2026-10-06 is not billed yet; have days billed through 2026-10-06, in Jobs"),
        ("say what is right: --duration S, --account A, --called N, --cap S or --void", "say what is right: its length, its account, its number, or that it never was"),
        ("would be left for later: --complete reads it.", "would be left for later; say that the file is finished, and it is read."),
        ("see: minutebook quarantine-keeper", "see: minutebook quarantine-keeper"),
        ("make one with: minutebook init x", "make one with: minutebook init x"),
    ],
)  # fmt: skip
def test_where_a_page_is_it_is_named_in_the_place_of_the_command(said: str, here: str) -> None:
    """What has no page stays the command that it is."""
    assert said_here(said) == here
