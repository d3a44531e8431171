"""How a term that a school lists is written in a text that was read (`tokens.py`).

Without accents and apostrophes, and with a hyphen or a stop parting words. Two kinds cannot be read word by word, and
are looked for as they are typed: those in scripts that write vowels as marks, which reading leaves out, and links,
addresses, @names and long numbers.
"""

from __future__ import annotations

import re
import unicodedata

from monitor.language.normalise import normalise

_RUN = re.compile(r"(?:[^\W_]|[@$!*#+|€£'])+")
_AT_THE_ENDS = "!*#+|'"
_ADDRESS = re.compile(
    r"https?://|\bwww\.|\w\.(?:com|org|net|uk|example)\b"  # a link
    r"|\w@[\w-]+\.|(?<!\w)@\w|(?<!\w)/?u/\w"  # an e-mail address, @names
    r"|\d(?:[ ().-]{0,2}\d){4}"  # a long number
)
_SPACING_MARK = "Mc"


def spelt(term: str) -> str:
    """The words of a term as reading has them, parted by one space. Empty where it is nothing but signs."""
    runs = (run.strip(_AT_THE_ENDS).replace("'", "") for run in _RUN.findall(normalise(term).text))
    return " ".join(run for run in runs if run)


def is_read_as_typed(term: str) -> bool:
    """Whether a term is looked for letter by letter and mark by mark."""
    if any(unicodedata.category(char) == _SPACING_MARK for char in term):
        return True
    return _ADDRESS.search(normalise(term).text) is not None
