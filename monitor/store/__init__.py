"""What we remember. The only package that knows SQLAlchemy; each read and write is named as a sentence."""
