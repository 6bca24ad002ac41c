"""Does the model fit the traffic: an account's calls under other plans, and how many channels they need.

Nothing is posted, and whatever is said that a plan would have cost is computed by the code that
charges. Costs are positive here. Periods are whole UTC days, months are months of UTC days.

The way through it: `review` asks `as_if` for each plan, `fitting` for the size that fits,
`break_even` for where plans meet; `capacity` sizes channels; `simulate` prices everybody by
`changed_carrier`; `reviews` has a line for every account; `shares` reads
shares and growth as people write them.
"""
