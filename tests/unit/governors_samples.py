"""The governors' page of an invented school after a busy autumn, and after one in which nothing happened."""

from dataclasses import replace
from datetime import UTC, date, datetime

from alerts.governors_fields import (
    AlertLine,
    BreachLine,
    EqualityCheck,
    EqualityLine,
    GovernorsPage,
    OutgoingLine,
    Seen,
)
from alerts.weekly_report import AccountFigures

BREACHES = (
    BreachLine("insult", "23", "6", "6 of 23 (26%)", (("hidden", "9"), ("deleted", "1 to 4"), ("nothing yet", "5"))),
    BreachLine("threat", "1 to 4", "0", "none", (("reported", "1 to 4"), ("escalated", "1 to 4"))),
    BreachLine("allegation", "5", "1 to 4", "1 to 4 of 5", (("advice awaited", "1 to 4"),)),
    BreachLine("spam", "12", "12", "12 of 12 (100%)", ()),
)
OTHERS = EqualityLine("none of these groups", 700, "31", "6")
EQUALITY = EqualityCheck(
    lines=(
        EqualityLine("religion or belief", 40, "9", "7", stands_out=True),
        EqualityLine("disability", 12, "1 to 4", "0"),
    ),
    others=OTHERS,
    too_few=("sexuality", "Traveller communities"),
    wordless=112,
)
PAGE = GovernorsPage(
    school="Oakfield Primary School",
    timezone="Europe/London",
    term="autumn term 2026",
    name="2026-autumn",
    first_day=date(2026, 9, 1),
    last_day=date(2026, 12, 31),
    made_at=datetime(2027, 1, 11, 8, 5, tzinfo=UTC),
    is_over=True,
    for_everybody=False,
    figures=(
        AccountFigures("Facebook page", 731, 620, 597, 9, 3, 14, 6, 11, 21, 5, 4),
        AccountFigures("Reddit", 9, 8, 8, 0, 0, 0, 0, 0, 0, 0),
    ),
    seen=(
        Seen("Facebook page", 2927.99, 2928.0, None, 0, 0.0),
        Seen("Reddit", 1400.0, 2928.0, date(2026, 10, 20), 2, 75.5),
    ),
    breaches=BREACHES,
    no_breaches=(("complaint", "16"), ("media enquiry", "1 to 4")),
    stages=(("discuss", "6"), ("written_warning", "1 to 4")),
    alerts=AlertLine(raised=6, in_time=3, late=1, settled=1, waiting=1, last_resort=2),
    outgoing=(
        OutgoingLine("a child's first name and surname", "7", "6"),
        OutgoingLine("a tag of somebody", "1 to 4", "0"),
    ),
    kept_out="fewer than five",
    evidence_kept=61,
    evidence_handed_out=4,
    policy="Default 24-hour rule, version 1",
    review_by=date(2026, 9, 1),
    review_is_overdue=True,
    register_found=3,
    register_grave=1,
    equality=EQUALITY,
    rule_in_words="Every comment gets a response within 24 hours.",
    clause="Monitoring",
)
NOTHING = replace(
    PAGE,
    for_everybody=True,
    figures=(replace(PAGE.figures[1], received=0, due=0, answered_in_time=0),),
    seen=(Seen("Reddit", 2928.0, 2928.0, None, 0, 0.0),),
    breaches=(),
    no_breaches=(),
    stages=(),
    alerts=AlertLine(0, 0, 0, 0, 0, 0),
    outgoing=(),
    kept_out="",
    evidence_kept=0,
    evidence_handed_out=0,
    review_by=None,
    review_is_overdue=False,
    register_found=0,
    register_grave=0,
    equality=EqualityCheck(
        (), replace(OTHERS, comments=0, flagged="0", false_alarms="0"), ("religion or belief",), 0
    ),
)
