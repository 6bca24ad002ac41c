"""Tables on a terminal: `text` lays the sheets of `show.tables` out, `widths` finds what has room.

The way through it: `text` measures the columns, `widths` fits and folds them.
"""
