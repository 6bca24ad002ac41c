"""Results as tables: which columns a model's rows stand under, and what is said beside them.

Terminals and pages show the same ones, a terminal without those that it has no room for. Nothing is laid
out here.

The way through it: `accounts`, `statements`, `calls`, `quarantine` and `postings` have the tables of the models that
have these names.
"""
