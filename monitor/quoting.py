"""Whether a mail may hold words of a comment, and which: the school's setting, and what no setting allows.

    never       what is urgent, or flagged for what concerns a child's safety, somebody's personal details or an
                allegation; what could not be checked; what the policy has nobody answer; what is withheld or not for
                everybody; direct messages. A flag counts even where a moderator called it a false alarm
    none        nothing of any comment, as the program comes
    masked      its first 80 characters, words it was flagged for dotted out, who wrote it as initials
    excerpt     its first 80 characters

Mails get what is made here and never the text itself. No subject ever holds any of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from config.wording import CommentText
from monitor.custody import media_gate
from monitor.excerpts import beginning, initials_of
from monitor.model import Case, Category
from monitor.store import exclusions, judged
from monitor.store.engine import Transaction
from monitor.store.school_tables import School

NEVER_OF = frozenset(
    {
        Category.SELF_HARM,
        Category.GROOMING,
        Category.SEXUAL,
        Category.PERSONAL_DATA,
        Category.ALLEGATION,
        Category.COULD_NOT_BE_CHECKED,
    }
)
MOST_NAMES = 200
_MESSAGE = "message"


@dataclass(frozen=True)
class Quoting:
    """What of a comment may stand in mails of one school."""

    setting: CommentText

    def words_of(self, tx: Transaction, school: School, case: Case) -> str:
        """The beginning of a comment for a mail, harmless and in quotation marks; empty: none of its words."""
        if self.setting == "none" or not may_be_quoted(case):
            return ""
        if case.id in exclusions.restricted(tx, school) or media_gate.is_withheld(tx, school, case.id):
            return ""
        comment = judged.comment_of(tx, school, case.id)
        if comment is None or comment.erased_at is not None:
            return ""
        names = [case.author_name, *judged.names_around(tx, comment, MOST_NAMES)]
        return quoted(case, names, self.setting)


NO_WORDS = Quoting("none")
"""As the program comes."""


def may_be_quoted(case: Case) -> bool:
    """Whether any setting lets words of this case leave by mail, as far as the case itself tells."""
    if case.kind == _MESSAGE or case.facts.hold or not case.text.strip():
        return False
    return not any(flag.category in NEVER_OF or flag.severity == "urgent" for flag in case.flags)


def quoted(case: Case, names: Iterable[str], setting: CommentText) -> str:
    """The beginning of its words as the setting has it; `names`: of everybody who wrote around it."""
    if setting == "none":
        return ""
    if setting == "excerpt":
        shown = beginning(case.text, names, initials=False)
        return f"“{shown}”" if shown else ""
    flagged = [(flag.start, flag.end) for flag in case.flags if flag.version in {None, case.version}]
    shown = beginning(case.text, names, flagged, initials=True)
    return f"{initials_of(case.author_name) or 'Somebody'}: “{shown}”" if shown else ""
