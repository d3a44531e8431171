"""What an erasure did, and what it could not reach, in words."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from alerts.filters import counted, plain
from monitor.commands.base import local

if TYPE_CHECKING:
    from monitor.erasing.eraser import Held, NeedsSecond
    from monitor.erasing.steps import Erased, Outside

NOT_CLEARED = (
    "The words are gone from the books, but the database file could not be rewritten without its old pages: another "
    "program is using it, or the disk is full. That is done at the next start."
)
BASIS_WORDS = {
    "request": "somebody asked for it",
    "subject": "the person it is about asked for it",
    "retention": "its term was over",
}


def erased_line(erased_at: datetime, basis: str | None, timezone: str) -> str:
    """What is said of a case that was erased, in place of everything else."""
    return f"Erased {local(erased_at, timezone)}: {BASIS_WORDS.get(basis or '', 'the reason is not known any more')}."


def result_lines(result: Erased | Held | NeedsSecond, timezone: str) -> list[str]:
    """What became of one case."""
    from monitor.erasing.eraser import Held
    from monitor.erasing.steps import Erased

    if isinstance(result, Erased):
        return [_erased(result), *_left(result, timezone)]
    if isinstance(result, Held):
        return [f"Case {result.case}: a legal hold came in between. It is erased at the first start after its end."]
    return [
        f"Case {result.case}: evidence of it was kept meanwhile, so a second person has to agree: "
        f"school-monitor erase --approve {result.number} --by … --why …"
    ]


def _erased(result: Erased) -> str:
    parts = [counted(result.versions, "version", "versions")]
    if result.attachments:
        parts.append(counted(result.attachments, "attachment's address", "attachments' addresses"))
    if result.folders:
        parts.append(counted(result.folders, "folder of evidence", "folders of evidence"))
    return f"Case {result.case}: erased ({', '.join(parts)})."


def _left(result: Erased, timezone: str) -> list[str]:
    """What of it is not in our hands, or not yet."""
    lines = [_went_out(each, timezone) for each in result.outside]
    if result.held_in:
        lines.append(
            f"  Its words stay in the evidence of {_cases(result.held_in)}, on which a legal hold is. They are taken "
            "out at the first start after the end of that hold."
        )
    if result.named_in:
        lines.append(
            f"  The evidence of {_cases(result.named_in)} goes on naming the network's ids of it: an answer to it, "
            "or read by a request that named it."
        )
    return lines


def _went_out(copy: Outside, timezone: str) -> str:
    how = f"passed on to {plain(copy.to, 300)}" if copy.to else "exported"
    return (
        f"  A copy left this computer: {how} {local(copy.at, timezone)} by {plain(copy.by, 100)}. "
        "Ask whoever has it to erase theirs."
    )


def _cases(numbers: tuple[int, ...]) -> str:
    return f"case {numbers[0]}" if len(numbers) == 1 else f"cases {', '.join(map(str, numbers))}"
