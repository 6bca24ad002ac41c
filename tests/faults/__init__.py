"""The campaign of faults: kills, crowds, full disks, power cuts, old stores, damage and hostile names, tried on real books.

`make faults` runs it; `stage` makes books at a step of one story, `campaign` tries kind after kind, the other modules are a
kind each.
"""
