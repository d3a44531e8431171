"""The mathematics of the evidence log: commitments, tree, signed head, time stamps."""
