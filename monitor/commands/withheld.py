"""All that a screen may say of a comment that may show a child indecently."""

from __future__ import annotations

from collections.abc import Collection

from alerts.filters import plain
from monitor.commands.base import local
from monitor.custody.media_gate import route
from monitor.evidence.defang import defanged
from monitor.model import Case


def withheld_lines(case: Case, leads: Collection[str], timezone: str) -> list[str]:
    """Where it stands, since when, by which author id, and whom to tell. `leads`: names of those responsible."""
    return [
        f"Case {case.id}: MEDIA WITHHELD",
        f"  address    {plain(defanged(case.permalink), 1000) or '-'} (written so that it opens nothing)",
        f"  posted     {local(case.created_at, timezone)}",
        f"  author id  {plain(case.author_id or 'withheld by the network', 300)}",
        route(leads),
    ]
