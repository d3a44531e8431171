"""The kinds of mail that are owed to people.

Their keys: the local day of a digest, of a sheet and of what was found in the school's own words, the ISO week of a
report, and for the others what `monitor/watch.py`, `monitor/outgoing_mail.py`, `monitor/store/alerts.py`,
`monitor/store/reminders.py`, `monitor/store/pile_ons.py`, `monitor/unreachable.py` and `monitor/downtime.py` make of
the account, the case or the person, and the moment something was found.
"""

from __future__ import annotations

DIGEST = "digest"
WEEKLY = "weekly"
ALARM = "alarm"
RECOVERY = "recovery"
EXPIRY = "expiry"
URGENT = "urgent"
SERIOUS = "serious"
NEW = "new"
DUE_SOON = "due_soon"
SHEET = "sheet"
OVERDUE = "overdue"
OUTGOING = "outgoing"
PUBLISHED_WRONG = "published_wrong"
PILE_ON, PILE_ON_URGENT = "pile_on", "pile_on_urgent"
UNREACHABLE = "unreachable"
DOWNTIME = "downtime"
BUNDLED = frozenset({URGENT, SERIOUS, NEW, DUE_SOON, OVERDUE, PILE_ON, PILE_ON_URGENT})
"""Several of them that are due to the same person at the same time are one mail."""
AHEAD_OF_TIME = frozenset({NEW, DUE_SOON})
"""Of these, also what is not due yet goes with the one that is: the more is said in one mail, the fewer there are."""
