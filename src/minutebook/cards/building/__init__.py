"""Sale cards that are built from other cards: the recipe, and what it makes of their prices.

Pure. A recipe is a function on price surfaces: for any number, the built price is what it makes of what each
parent charges for that number.
"""
