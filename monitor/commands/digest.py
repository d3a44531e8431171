"""`digest`: stop somebody's morning digest, or start it again. Each sub-command is a module `digest_<name>`."""

from __future__ import annotations

EXAMPLE = 'school-monitor digest stop --by "Mrs Ali"'
COMMANDS = {
    "stop": "no morning digest to you any more; what is urgent, serious or overdue still comes",
    "start": "the morning digest again",
}
