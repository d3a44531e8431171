"""Words with one slip of the finger, by which they are told from what was meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_SHORTEST_SWAPPED = 4  # letters


def slips_of(words: Iterable[str], shortest: int) -> dict[str, str]:
    """Every slip of some words, and the first of them that it may be. Below `shortest` letters only doubled ones."""
    slipped: dict[str, str] = {}
    for word in dict.fromkeys(words):
        for form in slips(word) if len(word) >= shortest else doubled(word):
            slipped.setdefault(form, word)
    return slipped


def slips(word: str) -> Iterator[str]:
    """`word` with two neighbouring letters swapped, one dropped, one doubled, or one hit on the key beside it."""
    yield from swapped(word)
    yield from doubled(word)
    for at, letter in enumerate(word):
        if at:
            yield word[:at] + word[at + 1 :]
            for beside in _BESIDE.get(letter, ""):
                yield word[:at] + beside + word[at + 1 :]


def swapped(word: str) -> Iterator[str]:
    """`word` with two neighbouring letters swapped. The first letter stays: people notice when that is wrong."""
    if len(word) < _SHORTEST_SWAPPED:
        return
    for at in range(1, len(word) - 1):
        if word[at] != word[at + 1]:
            yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def doubled(word: str) -> Iterator[str]:
    """`word` with one letter written twice."""
    for at, letter in enumerate(word):
        yield word[:at] + letter + word[at:]


def _beside() -> dict[str, str]:
    places = {letter: (row, at + row / 2) for row, letters in enumerate(_ROWS) for at, letter in enumerate(letters)}
    return {
        letter: "".join(
            other
            for other, (other_row, other_at) in places.items()
            if other != letter
            and abs(row - other_row) <= 1
            and abs(at - other_at) <= (1 if row == other_row else 0.5)
        )
        for letter, (row, at) in places.items()
    }


_BESIDE = _beside()
"""The keys that touch a key on an English keyboard."""
