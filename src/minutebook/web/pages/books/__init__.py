"""Pages of what a carrier earns and owes: for those alone who may see its money.

The way through it: `money` has the journal, `months` what is closed, `earned` the margin, `providers` what each is owed and paid, `disputes` what other sides say, asked for by
`dispute_form`.
"""
