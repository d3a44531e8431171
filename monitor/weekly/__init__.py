"""The weekly report: gathering its figures, keeping it as it was sent, and explaining every number in it."""
