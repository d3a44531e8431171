"""What a written word may stand for: disguises, slips of the finger, emoji, and the words everybody uses."""
