"""Erasing: terms, holds against it, the second person, and doing it to the last copy."""
