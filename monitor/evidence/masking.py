"""Other people in a thread have no name on a card: whoever is addressed in it becomes "someone else"."""

from __future__ import annotations

import re
from collections.abc import Sequence

SOMEBODY = "[someone else]"

_END = r"\s!\"#$%&'()*,/:;<=>?\[\\\]^`{|}~…—–“”‘’«»"
_MENTION = (
    rf"(?<![^{_END}])[^{_END}@＠]*+[@＠]++[^{_END}]*+"  # @name, @name@server, name@mail.example
    rf"|(?<![^\s(])/?u/[^{_END}]++"  # /u/name, as Reddit writes it
)


def masked(text: str, may_be_named: Sequence[str]) -> str:
    """The text with every address of a person in it replaced, but for those of `may_be_named`.

    A name counts as the same whatever its case, spaces and punctuation: "@GaryPretend" is Gary Pretend.
    Plain names without a sign cannot be known as such and stay.
    """
    known = {_letters(name) for name in may_be_named} - {""}
    in_full = "|".join(re.escape(name) for name in sorted(filter(_letters, may_be_named), key=len, reverse=True))
    pattern = rf"[@＠](?:{in_full})(?!\w)|{_MENTION}" if in_full else _MENTION

    def replace(found: re.Match[str]) -> str:
        name = found[0].rstrip(".")
        letters = _letters(name.removeprefix("/").removeprefix("u/") if "@" not in name else name)
        return found[0] if not letters or letters in known else SOMEBODY + found[0][len(name) :]

    return re.sub(pattern, replace, text, flags=re.IGNORECASE)


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name)).casefold()
