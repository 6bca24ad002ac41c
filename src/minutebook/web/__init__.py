"""The portal: what a person sees and does in a browser.

A page is made of blocks: tables of what commands print, words, forms. A page decides nothing about money: it asks the
book and shows the models that commands show; what it does is done by the same functions, once, in the name of who is
signed in (docs/rules/access.md, "Pages"). Days and instants are in UTC.

The way through it: `site` has the pages, `entry` who asks and whether they may, `blocks` what pages are made of,
`rendering` makes HTML of it, `table_rows` that of tables, `wording` says pages where commands say commands, `doing` does what a form asks for once, `uploading`
takes the file that goes with it, `waiting_files` has those that wait for somebody, `period` reads which days are asked for, `apply_text` makes declarations of forms; `pages` holds the pages.
"""
