"""The portal's pages, a room for each kind of thing that people look at.

The way through it: `overview` has what needs a person, `find` leads from there to what is sought; `accounts`, `records`, `prices`, `books` and `work` what there is of each,
`administration` what is declared and who may ask, `signing_in` how one gets in.
"""
