"""How an account is charged."""
