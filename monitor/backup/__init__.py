"""Backups, and bringing one back without what was erased since."""
