"""How many calls at once: what traffic holds, asks for and loses. Pure: frames in, figures out.

A call holds a channel from its setup, the end excluded; of no length it holds none. Times are Int64
microseconds since 1970, or instants in UTC; hours are of the UTC clock.

The way through it: `occupancy` counts channels held, `percentile` and `attempts` sum up; `demand`
finds the busy hour and sizes channels by `erlang` (formula) and `replay` (the calls again).
"""
