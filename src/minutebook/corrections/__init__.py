"""Mistakes in calls, mended: calls corrected, imports taken back, match tables tried again.

Nothing that was recorded is changed: a correction stands beside it, with who made it and why, and is
itself taken back by another. What it comes to is posted by the next run, as differences. Every
correction is one transaction under the lock of runs; what it would do is tried in one that is undone.

The way through it: `choosing` finds the calls that are meant, by words or a `file`, `changing` says
what becomes of them, `correct` writes it down by `recording`; `rematch` asks the match tables again;
`accepting` takes a record that waits in place of a call; `imports` lists, `taking_back` undoes, `reading_again` reads anew,
`trying_again` says what that would come to.
"""
