"""Who was told of an urgent case, and who has it in hand: for those who may see the case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alerts.filters import plain
from monitor.commands.base import local

if TYPE_CHECKING:
    from monitor.wiring import App


def alert_lines(app: App, number: int) -> list[str]:
    """One line for each alert of a case, and one for each mailing of it."""
    from monitor.store import alerts, judged, ledger

    zone = app.settings.school.timezone
    names = {person.email.lower(): person.name for person in app.settings.people}
    lines = []
    with app.store.reading() as tx:
        comment = judged.comment_of(tx, ledger.enrolled_school(tx, app.settings.school.key), number)
        for alert in alerts.of_comment(tx, comment) if comment else ():
            state = "nobody has acknowledged it yet"
            if alert.acknowledged_at:
                state = (
                    f"acknowledged {local(alert.acknowledged_at, zone)} by {plain(alert.acknowledged_by or '', 100)}"
                )
            elif alert.closed_at:
                state = f"closed {local(alert.closed_at, zone)}: nothing of it stands"
            lines.append(f"Urgent alert, version {alert.version.number}, {local(alert.opened_at, zone)}: {state}")
            for told in alerts.tellings(tx, alert):
                how = f"mailed {local(told.accepted_at, zone)}" if told.accepted_at else "not mailed yet"
                how = "no mail reached them" if told.is_given_up and not told.accepted_at else how
                lines.append(f"  told: {plain(names.get(told.person.lower(), told.person), 200)}, {how}")
    return lines
