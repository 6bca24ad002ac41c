"""What to do about a record that waits, by its reason."""

from __future__ import annotations

from typing import Final

from minutebook.calls.schema import Reason

_BY_HAND: Final = "Correct the line in a file of its own and import that, then discard this one."
REMEDIES: Final[dict[Reason, str]] = {
    Reason.BROKEN_LINE: _BY_HAND,
    Reason.MISSING_VALUE: "Let the switch write what is missing, or name its column in the source's options.columns, then try it again.",
    Reason.BAD_VALUE: "The value is named above; where an option of the source tells how it is to be read, declare that and try it again.",
    Reason.BAD_TIME: "Declare options.dates or options.whole_minutes of its source, then try it again.",
    Reason.NO_ZONE: "Declare the zone of its source, then try it again.",
    Reason.AMBIGUOUS_TIME: "Only the switch knows which hour it was: bring the call in by hand, in a file of its own, then discard this one.",
    Reason.NONEXISTENT_TIME: "The zone of its source is wrong: declare the right one, then try it again.",
    Reason.END_BEFORE_START: _BY_HAND,
    Reason.NEGATIVE_DURATION: _BY_HAND,
    Reason.TOO_LONG: "A stuck call: discard it. A real one: raise max_call_hours of its source, then try it again.",
    Reason.STATUS_DISAGREES: "Mostly a fork after an early answer: discard it. If the length is wrong, mend the file and import it again.",
    Reason.UNPAIRED: "Import the file with the other half of the call: the two find each other.",
    Reason.UNKNOWN_ACCOUNT: "Declare the account that it names, then try it again.",
    Reason.NO_ACCOUNT: "Add a match table to the account whose call it is, then try it again.",
    Reason.AMBIGUOUS: "Make the match table of one of these accounts narrower, with one more key, then try it again.",
    Reason.NO_PLAN: "Declare an earlier term of the account, then try it again.",
    Reason.CONFLICT: "The same call came before with other times or numbers, and that one stands. If this one is right, take it instead; if not, discard it.",
}  # fmt: skip
OF_ACCOUNTS: Final = frozenset({Reason.UNKNOWN_ACCOUNT, Reason.NO_ACCOUNT, Reason.AMBIGUOUS, Reason.NO_PLAN})  # fmt: skip
"""What is mended in the declaration of an account."""
OF_FILES: Final = frozenset({Reason.BROKEN_LINE, Reason.AMBIGUOUS_TIME, Reason.END_BEFORE_START, Reason.NEGATIVE_DURATION, Reason.UNPAIRED})  # fmt: skip
"""What is mended by another file."""
