"""Whether the model fits the traffic, how many channels it needs, and where two sides differ."""
