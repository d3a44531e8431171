"""Decide and remember: the response rule, the judging of words, the store, and what runs when."""
