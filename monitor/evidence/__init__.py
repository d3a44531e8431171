"""Evidence as files and proofs: write-once captures, the mathematics of the log, cards, bundles. No database."""
