"""What the difference of a pair, or of a line, comes from. Pure.

A cause is said only where most of what it explains shows it; money is in units of 10⁻¹⁰.

The way through it: `call_differences` puts pairs into `classes`; `pricing` and `other_terms` find the
increment, rounding or price that explains theirs; `causes` says which are likely;
`line_differences` does it for an invoice's lines, on days of the zone that `zones` finds.
"""
