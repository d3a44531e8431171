"""What kind of comment it is, where that is plain to see. When in doubt there is no tag.

A policy may say that some kinds need no reply (`no_reply_needed`), so a wrong tag could leave somebody unanswered.

emoji_only   nothing but emoji and spaces
thanks       nothing but a short thank-you from a fixed list, with friendly emoji, kisses and . , ! at most
tag_only     nothing but @names (Reddit: u/names), as when somebody shows a post to a friend
question     a question mark outside an address, or an opening such as "can I" or "what time is"
"""

from __future__ import annotations

import re
import unicodedata

from monitor.language.normalise import normalise

LONGEST_TAGGED = 10_000  # characters; a longer comment gets no tag

_THANKS = re.compile(
    r"(thank you|thanks|thankyou|many thanks|thx|ty|diolch|diolch yn fawr|thank u)"
    r"( (so much|very much|all|everyone|both|again|for sharing|for letting us know|for the update))?( x{1,5})?"
)
_FRIENDLY = frozenset("❤💛💚💙💜🧡🤍💕💖💗🙏👍👏🙌😀😃😄😁😊🙂🥰😍🤗🎉⭐🌟💐🌸🌈✨👌💪🏆🥳☺")
_FILLING = frozenset(" .,!\n\r\t")
_MENTION = re.compile(r"(@[\w.\-]{1,64}|/?u/[\w\-]{3,30})[,]?")

_SOMEBODY = (
    "(i|we|you|he|she|they|it|there|someone|anyone|somebody|anybody|parents|children|siblings"
    "|the|my|our|your|this|that)"
)
_OPENING = re.compile(
    rf"((hi|hello|please|sorry|just wondering|so|and|but|also),? )*("
    rf"(can|could|will|would|should|is|are|does|did|am|shall) {_SOMEBODY}\b"
    rf"|do (i|we|you|they|parents|children|siblings)\b|may (i|we)\b"
    rf"|(what|which) (time|day|date|age|page|form|class|year|is|are|do|does|if|about|happens|should|will)\b"
    rf"|(when|where|why|who|how) (is|are|do|does|did|will|would|can|could|should|has|have|am)\b"
    rf"|how (much|many|long|often|old|far|early|late|come)\b"
    rf"|any (idea|ideas|news|update|updates|chance)\b|anyone know\b|does anybody\b)"
)


def tags_of(text: str) -> frozenset[str]:
    """The tags of a text: a subset of emoji_only, thanks, tag_only, question. Never raises."""
    if not text.strip() or len(text) > LONGEST_TAGGED:
        return frozenset()
    plain = normalise(text).text
    tests = {
        "emoji_only": _is_emoji_only(text),
        "thanks": _is_thanks(plain),
        "tag_only": all(map(_MENTION.fullmatch, text.split())),
        "question": _is_question(plain),
    }
    return frozenset(tag for tag, holds in tests.items() if holds)


def _is_emoji_only(text: str) -> bool:
    shapes = [char for char in text if not char.isspace() and unicodedata.category(char) not in {"Cf", "Mn", "Sk"}]
    return bool(shapes) and all(unicodedata.category(char) == "So" and char not in "©®™°" for char in shapes)


def _is_thanks(plain: str) -> bool:
    words = "".join(" " if char in _FRIENDLY or char in _FILLING else char for char in plain if not _is_tone(char))
    return _THANKS.fullmatch(" ".join(words.split())) is not None


def _is_tone(char: str) -> bool:
    return "\U0001f3fb" <= char <= "\U0001f3ff"


def _is_question(plain: str) -> bool:
    words = " ".join(word for word in plain.split() if "://" not in word and not word.startswith("www."))
    return "?" in words or "؟" in words or _OPENING.match(words) is not None
