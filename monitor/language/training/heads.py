"""What the models answer: one number for each category, and one for "offensive", in this order.

Written out once more, because fitting runs on machines that have nothing of ours but this folder
(`fit_transformer.py`); a test holds it against the categories of the program.
"""

from __future__ import annotations

HEADS: tuple[str, ...] = (
    "abuse", "profanity", "hate", "threat", "sexual", "bullying", "grooming", "self_harm", "personal_data",
    "allegation", "spam", "media_enquiry", "takedown_request", "complaint", "question", "offensive",
)  # fmt: skip
OFFENSIVE = ("abuse", "profanity", "hate", "threat", "sexual", "bullying")
"""The categories that "offensive" stands for."""
