"""Calls × card → billed seconds and cost: vectorised, exact, pure (docs/rules/duration.md,
"The length of a call"; docs/rules/cost.md, "The cost of a call").

Each call is priced by itself from its own columns: nothing here sees all calls at once, so any
part of the calls can be rated anywhere, and tallies of parts add up to the tally of the whole. Amounts
are integers; whatever could pass their bounds is refused before it is computed. The instant of
a call has chosen its plan and card before it comes here.

The way through it: `table` resolves a deck, or one price, with the terms of card and plan; `calls`
gives the position, billed seconds and cost of each call, in a streaming query; `band_times` says which
band holds when; `tally` adds rated
calls up, and says what they come to; `sums` are a tally's figures; `single` prices one call, with
the `steps` to its cost.
"""
