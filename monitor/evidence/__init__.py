"""Evidence: write-once captures of what the networks sent, and a card of each that people can read."""
