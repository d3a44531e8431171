"""Tests on real servers. They are skipped, with a sentence, where a server is not installed."""
