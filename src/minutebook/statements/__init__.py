"""What was charged, and why: read from the ledger, the tallies and the lake, and never changed.

Everything of one answer is read in one snapshot. Charges are negative and payments positive, as in
the ledger; quotes are positive. By UTC day; as known now, or as it was known at an instant.

The way through it: `statement` by day, `totals` by group, `entries` and `trial_balance` for the general ledger,
`run_charges` for who was charged by a run, `audit` for who did what;
`explain` goes from a call to the ledger and back, by `steps`, and `recurring` has those of a charge
for channels or a minimum; `quote` and `month_quote` price what has not been, `routes` says by whom to send it; `channel_use` counts
channels.
"""
