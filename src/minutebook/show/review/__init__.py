"""A review in words and as a page; `cost` is its part on what each plan costs."""
