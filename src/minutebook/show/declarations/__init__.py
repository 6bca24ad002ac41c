"""What is declared in words and as JSON: plans, sources and cards.

The way through it: `plans`, with their terms in `plan_words`; `sources`; `cards`, beside their revisions; `built_cards`, and what
building changes; `price_origins`, why a card charges a price, and where it loses.
"""
