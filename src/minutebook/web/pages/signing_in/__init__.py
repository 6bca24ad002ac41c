"""Pages of who signs in.

The way through it: `sign_in` lets people in by a password, `open_id` by another issuer, `me` has what they change of their own.
"""
