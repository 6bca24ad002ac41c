"""The portal's pages, a module for each kind of thing that people look at.

The way through it: `overview` has what needs a person, `accounts` an account's pages, `payments` its forms, `traces` the ways from
charges to calls, `money` the journal and the months, `quarantine` and `discarded` what waits, `unpriced` what no card prices, `new_imports` files that are sent in,
`imports` those that were, `correct_call`, `correct_file` and `corrections` what is mended of calls, `disputes` what other sides say.
"""
