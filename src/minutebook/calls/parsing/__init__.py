"""What readers of call records share: a file's text as rows, and a row's text as values.

Nothing here knows a switch. What is no row is given as such, with its line; a value that cannot
be read keeps its reason; nothing is guessed. Times become instants in UTC by their own offset or by a
zone; a local time that the clocks say twice or never is told, not chosen.

The way through it: `files` opens; `delimited`, `jsonlines` and `parquet` give rows as a `table`;
`headers`, `layouts` and `columns` say what is where; `mapping` makes records of columns with `times`,
`dates` and `quantities`; `pairing` and `transactions` bring the halves of a call together.
"""
