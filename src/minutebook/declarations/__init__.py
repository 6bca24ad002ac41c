"""What a carrier declares: plans, accounts, servers and sources."""
