"""How an account is charged: by the minute or by the channel, and the minimum of its servers.

Pure and exact. A plan has revisions by UTC day; an account is on one plan on each day of its terms.

The way through it: `terms` are an account's terms and servers; `plan` is a plan's revision;
`holdings` lays both along the calendar; `recurring` makes channels and minimums due (by
`per_channel` and `minimum`), `short_call_dues` surcharges (by `short_calls`); `per_minute` prices calls.
"""
