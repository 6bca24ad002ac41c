"""What an account's traffic costs under every plan.

The way through it: `model` is what programs get, `every` a line for each account, `words` are its sentences, `offered` is what its customer sees, `report` is its page, with
`cost` as its part on what each plan costs.
"""
