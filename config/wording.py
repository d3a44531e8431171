"""What mails may say of a comment."""

from __future__ import annotations

from typing import Literal

from config.values import Section

CommentText = Literal["none", "masked", "excerpt"]


class Wording(Section):
    comment_text: CommentText = "none"
    """none: where a comment stands and what is due, none of its words. masked: its first 80 characters, words it was
    flagged for as their first letter and dots. excerpt: the same with those words. Whatever stands here, no mail
    holds words of what is urgent, about a child's safety, held or withheld (`monitor/quoting.py`)."""
