"""Sentences about results: what they state as data (`minutebook.facts`), in the words of every door.

The way through it: `facts` finds the words of a fact; `prices` has those of the way to a
call's cost, `months` to that of a month of channels, `calls` of the way from a call to its charge, `charges` of the way back, `proofs` of what a proof tries and
finds; `fits` what a plan's cost rests on; `notes` says what stands under a table.
"""
