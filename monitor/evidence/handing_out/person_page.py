"""The page that shows a person what is held on them: escaped, without scripts, to be read and printed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from monitor.evidence.handing_out.how_to_verify import TEXTS
from monitor.evidence.hidden_text import LINE_ENDS, code_and_name, is_hidden

PAGE = "what-we-hold.html"
_LINE_BREAKS = LINE_ENDS - {"\r"}


def person_page(data: Mapping[str, Any]) -> bytes:
    """The page in UTF-8. `data`: as `monitor.disclosure.subject_access` puts it together."""
    return _template().render(data).encode("utf-8", "replace")


def person_json(data: Mapping[str, Any]) -> bytes:
    """The same as JSON, every character beyond ASCII as its code."""
    return (json.dumps(data, indent=1) + "\n").encode("ascii")


def seen(text: str) -> str:
    """A text with its hidden characters named, and every kind of line end as one."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        "\n" if char in _LINE_BREAKS else f"<{code_and_name(char)}>" if is_hidden(lines, at) else char
        for at, char in enumerate(lines)
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(TEXTS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["seen"] = seen
    return environment.get_template(PAGE)
