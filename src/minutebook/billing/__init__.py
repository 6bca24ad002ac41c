"""Runs, statements, totals, and the way back from a charge to its calls."""
