"""Words of strangers on a terminal: quoted line by line, what is hidden in them named."""

from __future__ import annotations

from monitor.evidence.hidden_text import code_and_name, is_hidden

LONGEST_SHOWN = 4000  # characters of a comment on a screen


def quoted(text: str, longest: int = LONGEST_SHOWN) -> list[str]:
    """The text in lines that begin with a bar, at most `longest` characters of it; the rest is counted."""
    lines = [f"  | {line}" for line in visible(text[:longest]).splitlines() or [""]]
    if len(text) > longest:
        lines.append(f"  | … {len(text) - longest} more characters in the evidence and the export")
    return lines


def visible(text: str) -> str:
    """The text with each hidden character as its name: <U+202E RIGHT-TO-LEFT OVERRIDE>."""
    return "".join(f"<{code_and_name(char)}>" if is_hidden(text, at) else char for at, char in enumerate(text))
