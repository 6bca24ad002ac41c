"""One page of HTML that needs no network: parts with a sentence, a picture and a table each.

It knows no result, and computes nothing: figures come in as they are drawn, days as they are named.

The way through it: `page` lays it out; `pictures` draws by `drawing`, as SVG. `listing` is a page of rows in groups, `xlsx` a workbook.
"""
