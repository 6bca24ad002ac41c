"""What a minute costs: tariffs, cards and their revisions, decks, the prefix index."""
