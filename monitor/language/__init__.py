"""Judging words: on this machine, by rules that say why."""
