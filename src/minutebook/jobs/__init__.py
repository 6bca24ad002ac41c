"""Work that is asked for and done later: runs, imports, reviews, each by a `minutebook` process of its own.

A job stands in the ledger's database: what, with what, who asked. A *worker* takes up the first that nobody has, and does it
as the command that a person would type, so that a crash takes nothing with it. What it does is done in the name of who
asked. Runs and imports count once however often they are done, so a job whose worker was killed is done again.

The way through it: `kinds` says what can be asked and which command that is; `asking` makes and cancels jobs; `due` asks for what schedules have done; `uploads` keeps files that were sent, `kept_disputes` finds what disputes came to; `worker` takes them up, each
as a `child`; `link` is the line between the two.
"""
