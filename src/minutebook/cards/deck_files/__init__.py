"""A deck's file as rows of text, whatever kind of file it is: cells as they stand, none understood yet.

A file is read within stated bounds, or refused with its place. Nothing is mended: a cell that a
spreadsheet has damaged stays as it is, for what reads the cells to refuse. Each row keeps its line in
the file, or its row in the sheet, blank ones counted. What was taken (encoding, sheet, the lines above
the header) is told in `table.DeckSource`, and never chosen without a word.

The way through it: `reading` is the door. `unpacking` opens what is packed, and says which kind a file
is; `delimited` reads text, `workbook` sheets within `workbook_bounds`, whose
`doubtful_cells` show another thing than they hold (by `number_formats`),
`interconnect` JSON; `header` finds the row of headings. `table` is what all of them give.
"""
