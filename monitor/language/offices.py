"""E-mail addresses that stand for an office and not for a person: they may be written anywhere."""

from __future__ import annotations

import re

_EVERYBODYS = re.compile(
    r"(?:office|admin|head|info|enquir(?:y|ies)|reception|school|pta|contact|hello|help|support|events?|tickets?"
    r"|bookings?|governors?|bursar|finance|senco?|attendance|absence|admissions|press|media|news(?:desk)?|noreply"
    r"|exams|library|sales|team|secretary)(?:[._\-]?[a-z0-9]*)?$"
)
"""Names before the @ that stand for an office, not for a person."""


def is_office(name: str) -> bool:
    """Whether the part of an address before the @, in small letters, stands for an office."""
    return _EVERYBODYS.match(name) is not None
