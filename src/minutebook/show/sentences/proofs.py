"""What a proof of the book tries, and what it finds, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from minutebook.billing import differences as wrong
from minutebook.money import text
from minutebook.words import counted

if TYPE_CHECKING:
    from minutebook.billing.differences import Difference, LakeDifference, Proves

PROVED = {
    "journals": "each journal has its lines, sums to zero, and is as it was posted",
    "chain": "nothing that was declared, posted, corrected or closed is gone, changed or slipped in",
    "postings": "what is posted for each account and day is what its billed calls make due",
    "charges": "channels, short calls and minimums are charged as the declarations make them due",
    "channels": "the channels that charges go by are those that the calls held",
    "cards": "the prices of every card revision are there, unchanged",
    "lake": "every file of calls is there, and no call is in it twice",
    "tallies": "the sums of every billed day are those of its calls, priced again",
}
"""What each check proves."""


def proved_words(proves: Proves) -> str:
    """What a check proves."""
    bare, given = proves.without_digest, proves.digests_given
    if not bare:
        return PROVED[proves.check]
    have = "has" if given == 1 else "have"
    return f"{PROVED[proves.check]}; {counted(bare, 'file')} without a digest, of which {given} {have} one now"


def difference_words(found: Difference) -> str:
    """Where a check does not hold."""
    if isinstance(found, wrong.LakeDifference):
        return _lake_words(found)
    match found:
        case wrong.LinesLost():
            return f"journal {found.journal}: states {found.stated} lines, has {found.found}"
        case wrong.OutOfBalance():
            return f"journal {found.journal}: is {text(found.by)} {found.currency} out of balance"
        case wrong.JournalChanged():
            return (
                f"journal {found.journal} of {found.account}, {found.day}: is not as it was posted"
            )
        case wrong.WrongLine():
            return (
                f"journal {found.journal}, line {found.line}: {found.ledger_account} in"
                f" {found.currency} is not what such a posting to its account is made of"
            )
        case wrong.ChainBroken():
            return _chain_words(found)
        case wrong.WrongCharge():
            kind = "" if found.kind == "usage" else f", {found.kind.replace('_', ' ')}"
            return f"{found.account}, {found.day}{kind}: {text(found.due)} is due and {text(found.charged)} is charged"
        case wrong.WrongPeak():
            return (
                f"{found.account}, {found.day}: its calls held {found.held:,} channels at most,"
                f" {found.charged_by:,} were charged by"
            )
        case wrong.PricesGone():
            return (
                f"{found.card} revision {found.revision}: {found.sha256}.parquet is gone or changed"
            )
        case wrong.WrongTally():
            said = (
                f"{found.account}, {found.day}, server {found.server or '-'}, plan {found.plan}:"
                f" {found.calls} calls for {text(found.cost)} are recorded,"
                f" {found.billed_calls} for {text(found.billed_cost)} were billed"
            )
            if found.short_calls == found.billed_short_calls:
                return said
            return f"{said}; {found.short_calls} are short, {found.billed_short_calls} were billed as such"
    assert_never(found)


def _lake_words(found: LakeDifference) -> str:
    """In what the lake is not as it was committed and billed."""
    match found:
        case wrong.LakeRefused():
            return found.why
        case wrong.EntryCut():
            return f"{found.entry}: this entry of the lake's log is cut"
        case wrong.FileChanged():
            return f"{found.path}: {found.fault}"
        case wrong.BilledFileLost():
            return f"{found.file}: run {found.run} billed this file, and the lake's log does not name it"
        case wrong.CallTwice():
            whose = " ".join(part for part in (found.source, found.server, found.leg) if part)
            return f"call {found.call_id} of {whose}: is in the lake more than once"
        case wrong.CallsOfTwoSources():
            return (
                f"{counted(found.calls, 'call')}, {found.call_id} among them, in the lake under source"
                f" {found.source} and under source {found.other}"
            )
        case wrong.FilesLost():
            return f"{found.day}: of {found.billed} files that were billed, {found.found} are in the lake"
    assert_never(found)


def _chain_words(found: wrong.ChainBroken) -> str:
    what = f"{found.table.replace('_', ' ')} {found.key}"
    return {
        "unlinked": f"{what}: has no link in the chain; it was put in past the guards",
        "cut": f"{what}: is link {found.link} of the chain, and the links before it are gone",
        "gone": f"{what}: is gone, and link {found.link} of the chain is of it",
        "changed": f"{what}: is not as it was made, or link {found.link - 1} of the chain, before it, is not",
        "twice": f"{what}: has more than one link in the chain",
        "head": f"link {found.link} of the chain is not {found.key}, which was written down",
    }[found.fault]
