"""The files of a backup."""
