"""Pages of accounts: what each is on, owes and is charged, and what is changed of it.

The way through it: `account_list` finds an account, `accounts` has its statement, its calls and its channels, `account_prices`
what it is charged, `fit` whether its plan fits it; `payments` posts to it, `reversing` undoes a payment, `parked` lets pass what runs parked, `account_changes` changes what it is on.
"""
