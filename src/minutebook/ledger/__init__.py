"""The money: journals and entries, tallies and declarations, in PostgreSQL."""
