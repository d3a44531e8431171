"""What leaves the school: bags, black-outs, statements, and how a stranger verifies them."""
