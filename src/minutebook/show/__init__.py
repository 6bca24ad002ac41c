"""Results as people and programs see them: sentences, JSON, tables and pages, shared by every door.

Nothing is computed here that bears on money, and no store is opened. Days and instants are shown in
UTC, and say so.

The way through it: a folder for each result that is more than a table; `page` makes one page of
HTML with pictures of it.
"""
