"""The run: everything due up to a UTC day, priced, charged and posted once.

A run posts what is due less what was posted before, in one transaction, so that running again posts
nothing and a kill posts all of it or nothing. A day is priced again only where its calls or what
prices them changed (its fingerprint). Days are UTC days; a late difference keeps the day that it
corrects, and is posted to the first open one.

The way through it: `schedule` lays plans, terms and cards along the calendar; `tallying` prices
the lake's files into tallies; `peaks` counts the channels held; `charging` makes channels, minimums
and usage due; `run` posts; `judging` suspends and resumes; `months` closes; `verify` does all of it
again and compares. `rated_calls` shows the calls of a tally one by one.
"""
