"""A backup holds everything and no secret; a restore brings it back whole, and nothing that was erased since."""
