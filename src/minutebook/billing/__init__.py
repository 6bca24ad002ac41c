"""The run: everything due up to a UTC day, priced, charged and posted once.

A run posts what is due less what was posted before, in one transaction, so that running again posts
nothing and a kill posts all of it or nothing. A day is priced again only where its calls or what
prices them changed (its fingerprint). Days are UTC days; a late difference keeps the day that it
corrects, and is posted to the first open one.

The way through it: `bill` is a run; `schedule` lays plans, terms and cards along the calendar;
`tallying` prices the lake's files into tallies, of which `usage_journals` makes charges; `peaks`
counts the channels held, `channel_days` keeps how an account's calls used them; `recurring_charges` makes channels and minimums due; `set_aside` holds the
accounts that wait, as something fails or as `parking` finds it beyond `bounds`, until somebody lets it
pass (`let_pass`); `judging` suspends and resumes. `close_month` closes; `verify` does all of it again and compares, by `differences`;
`deck_preview` says what a deck would change, by its prices and by calls; `rated_calls` shows the calls of a tally one by one.
"""
