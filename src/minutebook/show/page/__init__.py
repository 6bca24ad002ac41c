"""One page of HTML that needs no network: parts with a sentence, a picture and a table each.

The way through it: `page` lays it out; `pictures` draws by `drawing`, as SVG.
"""
