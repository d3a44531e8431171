"""Comments in languages other than English: recognising them, and the short lists they are searched for."""
