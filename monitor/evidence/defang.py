"""Addresses written so that no program makes a link of them, and readable all the same.

Reading programs turn whatever looks like an address into something to click, in PDF and in plain text alike.
`hxxps` for https and `[.]` for a dot is the customary way to write one that shall not be followed; putting both
back gives the address to the letter.
"""

from __future__ import annotations

import re

from monitor.evidence.hidden_text import LINE_ENDS, is_hidden

_TOKEN = re.compile(r"\S+")
_SCHEME = re.compile(r"https?(?=:)|:(?=//)", re.IGNORECASE)
_DOT = re.compile(r"(?<=[\w\]])\.(?=[\w\[])|(?<=www)\.", re.IGNORECASE)
_ADDRESS = re.compile(
    r"://|www\.|https?:|@[^\s@]+\.\w"  # written as one, or as the address of a mailbox
    r"|\w\.[a-z]{2,24}[:/?#]\S"  # a bare name with a path
    r"|\w\.(?:com|net|org|uk|info|biz|io|ly|tv|gg|app|dev|xyz|shop|club|cymru|scot|wales|london|eu|ru|cn|fr|de)\b",
    re.IGNORECASE,
)


def harmless(text: str) -> dict[int, str]:
    """What to write instead of single characters of `text` (from 0), so that no address in it works."""
    if "." not in text and ":" not in text:
        return {}
    # A character that leaves nothing on the page may split an address and yet join it again once it is left out.
    unseen = {char for char in set(text) if is_hidden(char, 0) and char not in LINE_ENDS}
    seen = [at for at, char in enumerate(text) if char not in unseen]
    shown = "".join(text[at] for at in seen)
    instead: dict[int, str] = {}
    for token in _TOKEN.finditer(shown):
        if not _ADDRESS.search(token[0]):
            continue
        start = token.start()
        for scheme in _SCHEME.finditer(token[0]):
            if scheme[0] == ":":
                instead.setdefault(seen[start + scheme.start()], "[:]")
                continue
            for letter in (1, 2):
                at = seen[start + scheme.start() + letter]
                instead[at] = "x" if text[at] == "t" else "X"
            instead[seen[start + scheme.end()]] = ":"
        for dot in _DOT.finditer(token[0]):
            instead[seen[start + dot.start()]] = "[.]"
    return instead


def defanged(text: str) -> str:
    """The whole text with every address in it written harmlessly."""
    instead = harmless(text)
    return "".join(instead.get(at, char) for at, char in enumerate(text))
