"""Another side's files, read to be compared and never taken in.

Pure but for reading the files. What cannot be read in one way alone is refused, and what was not read is
counted. Times are instants in UTC, days are as a file writes them.

The way through it: `figures` and `written_days` read numbers and days, `headings` what a heading says;
`amount_column` and `call_columns` say which column is which; `call_list` reads any list of calls, `sides`
all calls with their amounts, `their_invoice` totals.
"""
