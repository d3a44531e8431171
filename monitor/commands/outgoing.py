"""`outgoing`: what was found in the school's own posts and replies."""

from __future__ import annotations

EXAMPLE = "school-monitor outgoing list"
COMMANDS = {
    "list": "what was found in the school's own words and is not settled",
    "settle": "record that nothing is left to do about something found",
    "report": "say that the school published something wrong: the head is told at once",
}
