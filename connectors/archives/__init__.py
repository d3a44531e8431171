"""Reads what people download from their accounts, and JSON lines: the past, and networks without an interface."""
