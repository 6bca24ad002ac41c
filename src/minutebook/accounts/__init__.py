"""Accounts: what each is on, its servers, its status, its money by hand, and its minimum.

Every change is declared or posted in one transaction, under the lock that `ledger.locks` names for
it, with who did it and why; nothing is edited, so an account can be shown as it was. Terms and
servers are by UTC day; a status or a payment has its instant, and the UTC day of it.

The way through it: `apply` takes apply files in; `switching`, `servers` and `status` make the same
change from a command's words; `payments` posts money and lets `billing.judging` end a suspension;
`listed_accounts`, `account_standing`, `account_prices`, `credit_standings` and `minimum_standing` read.
"""
