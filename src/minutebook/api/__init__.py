"""The book over HTTP: requests of programs, answered in JSON by the models that commands print.

Nothing is decided here that bears on money: a route reads what it is asked, calls the library, and shows what that gives.
Each request needs a key and its right (`minutebook.access`); what a key may not see is not there for it. Errors are problem documents in the
words of the commands. Days and instants are UTC.

The way through it: `serving` runs an `application` on a port; `routes` holds the requests, a module each kind; `entry` says who asks, `rates` how
often they may, `asked` reads what is asked for, `cursors` where a list goes on, `bodies` and `sent_text` what is sent, `once` has it done once, `uploads` receives files and `kept_files` keeps them,
`deck_options`, `dispute_options` and `applied_text` read what is said of some, `effects` says what of a correction is told, `problems` tells what is wrong, `answers` makes
the answers and `around` what surrounds them, `tables` those that are no JSON, `schemas` says their shapes in the
OpenAPI document, and `metrics` has what a Prometheus collects.
"""
