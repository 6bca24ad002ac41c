"""Results as tables: which columns a model's rows stand under, and what is said beside them.

Terminals and pages show the same ones, a terminal without those that it has no room for. Nothing is laid
out here.

The way through it: `accounts`, `statements`, `channels`, `servers` and `postings` have an account's tables; `calls`, `quarantine`, `sources` and
`imports` those of records; `plans`, `prices`, `cards`, `card_changes`, `deck_previews`, `price_lists`, `providers`, `routes`, `assurance`, `price_classes`, `totals` and `margin` those of prices and what they earn; `fit` has reviews, `applied`
what declaring does, `deeds` what people did, `explanations` how something came about, `jobs` what is being done, `parked` what waits to be let pass,
`months` what is closed, `webhooks` who is told, `people` keys, users and sessions.
"""
