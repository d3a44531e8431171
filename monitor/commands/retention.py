"""`retention`: what is due to be erased by the school's own terms, and erasing it. Sub-commands: preview and run."""

from __future__ import annotations

EXAMPLE = "school-monitor retention preview"
COMMANDS = {
    "preview": "what is due, by number, with its term and reason; erases nothing",
    "run": "erase exactly what a preview listed",
}
