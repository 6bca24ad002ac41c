"""The requests that change something, but for the first of them: payments, adjustments and switches (`routes.postings`), imports and runs
(`routes.jobs`), webhooks.

The way through it: `account_changes`, `posting_changes` (refunds, reversals), `declaration_changes`, `month_changes`, `import_changes`,
`quarantine_changes`, `correction_changes`, `card_changes`, `table_changes` (of numbers), `job_changes` (and disputes), `webhook_changes`,
`people_changes` (users, keys). Each is done once (`api.once`), in the name of the key that asks.
"""
