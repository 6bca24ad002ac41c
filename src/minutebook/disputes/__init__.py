"""Two sides' records of the same traffic, held against each other.

Every difference is in one class, with its money; the classes add up to the whole difference. Money
is ours at our plans or theirs as they state it, never guessed. Times are compared after the shift
that most of a day's calls show; days are UTC days of our clock.

The way through it: `asked` is what is held against what; `reconcile` opens both sides (`open_side`, and `reading` for files), and holds them against each
other call by call (`reconciled_calls`) or line by line (`reconciled_totals`); `prices` and `lines`
price them; `matching` pairs calls, `causes` says what differs and why; `reconciliation` is the
result.
"""
