"""What is declared in words and as JSON: plans, sources, and what applying changes."""
