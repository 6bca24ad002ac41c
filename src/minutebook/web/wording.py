"""What a command says of commands and their options, in the words of the portal: who is at a browser goes to a page."""

from __future__ import annotations

import re
from typing import Final

_SEE: Final = r"\b([Ss])ee(?: them| who has| ids| where)?(?: with)?:? minutebook "
_PAGES: Final = {
    r"(?:calls --quarantine|quarantine(?: --discarded)?)": "Quarantine",
    r"import list": "Imports",
    r"correct --list": "Corrections",
    r"job list": "Jobs",
    r"journal(?: --month YYYY-MM)?(?: --columns by)?": "the Journal",
    r"server list": "Servers",
    r"card list": "Cards",
    r"account list": "Accounts",
    r"audit": "Audit",
}
"""Commands that list something, and the page that has it."""
_LISTED: Final = [(re.compile(_SEE + said + r"(?![\w-])"), rf"\1ee {page}") for said, page in _PAGES.items()]  # fmt: skip
_OTHERS: Final = [
    (re.compile(said), here)
    for said, here in (
        (r"list them with: minutebook calls --quarantine", "see Quarantine"),
        (r"list them with: minutebook calls --unpriced(?: --month YYYY-MM)?", "see Unpriced calls"),
        (r"try the record again with: minutebook import --retry", "try the record again on its page"),
        (r"see what is known of it with: minutebook explain \S+", "see what is known of it on its page"),
        (r"(?:run|with|mend it, then): minutebook import again \w+(?: --reason TEXT)?", "read it again on its page"),
        (r": minutebook import undo \w+ --reason TEXT", " on its page"),
        (r" with: minutebook correct --undo \d+ --reason TEXT", " on its page, in Corrections"),
        (r"--duration S, --account A, --called N, --cap S or --void", "its length, its account, its number, or that it never was"),
        (r"say --other-calls if they are others", "say below that they are others, if they are"),
        (r"Add --caller NUMBER\.", "Say who calls."),
        (r"; see --format json\.", "."),
        (r": --complete reads it\b", "; say that the file is finished, and it is read"),
        (r"run: minutebook bill --through (\S+)", r"have days billed through \1, in Jobs"),
    )
]  # fmt: skip


def said_here(text: str) -> str:
    """A sentence of a command, with pages in the place of the commands that it sends to; what has no page stays."""
    if "minutebook " not in text and "--" not in text:
        return text
    for said, here in (*_LISTED, *_OTHERS):
        text = said.sub(here, text)
    return text
