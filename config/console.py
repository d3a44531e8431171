"""Where people reach the program's own web pages from outside."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StrictInt

from config.values import Section, WebAddress

LONGEST = 300
"""Characters: what follows it still fits into one line of a mail's head."""


def _a_plain_beginning(address: str) -> str:
    parts = urlsplit(address)
    if parts.query or parts.fragment or not parts.path.isascii() or len(address) > LONGEST:
        raise ValueError(f"an address without ? and #, with an ASCII path, of at most {LONGEST} characters")
    try:
        (parts.hostname or "").encode("idna")
    except UnicodeError:
        raise ValueError("its host is none that can be looked up") from None
    return address


class Console(Section):
    """The web pages of `school-monitor console`, behind a web server of the school that speaks https."""

    address: Annotated[WebAddress, AfterValidator(_a_plain_beginning)] | None = None
    """How people reach it, with the path under which the school's web server shows it. None: no mail leads there."""
    trusted_proxies: Annotated[StrictInt, Field(ge=0, le=5)] = 0
    """How many web servers of the school stand before it, each of which adds who asked (X-Forwarded-For)."""
