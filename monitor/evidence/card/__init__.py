"""The evidence card: a picture of a snapshot for people, drawn so that nothing in it can act."""
