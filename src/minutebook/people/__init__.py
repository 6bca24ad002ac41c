"""People who ask a book in a browser: made, changed, disabled; signing in and what that needs.

Who somebody is and may do is kept with what is declared, each change by whom and why; passwords, second factors and sessions are kept
apart, as hashes where that is possible, and change. Instants are handed in. What is refused at signing in is an answer, not an error: the try
that was wrong is kept.

The way through it: `users` makes and changes them; `passwords` and `second_factors` change what they prove themselves with; `signing_in`
lets them in, as far as `lock_out` lets them try, and `sessions` says who asks from then on.
"""
