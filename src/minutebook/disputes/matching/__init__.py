"""Which call of theirs is which of ours: by id, else by numbers and time. Pure: frames in, frames out.

One to one: no call is in two pairs. Times are Int64 microseconds since 1970, UTC.

The way through it: `hours` leaves out what is equal; `clocks` finds each day's shift; `same_ids`
and `nearby` propose pairs; `aligning` makes them one to one; `matching` is the whole.
"""
