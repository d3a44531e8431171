"""What the school's own posts and replies should not hold: whole names, tags, contact details, promises."""
