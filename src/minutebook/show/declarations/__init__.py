"""What is declared in words and as JSON: plans (their terms in `plan_words`) and sources."""
