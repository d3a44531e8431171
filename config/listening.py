"""Who else watches that the monitor works: a file for other programs, an outside watcher, and a chat."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, StrictInt, field_validator

from config.values import Section, web_address

_CHAT = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]{0,30})://\S{1,2000}", re.IGNORECASE)
_BY_MAIL = frozenset({"mailto", "mailtos"})
_FILES = frozenset({"file", "http", "https"})
LONGEST_CHAT = 2050


class Listening(Section):
    """How somebody notices that the monitor, or its mail, is silent."""

    status_file: Path = Path("status.json")
    """Written every minute for other programs, relative to this configuration file. It names nobody."""
    ping_url: SecretStr | None = None
    """Address of an outside watcher that expects to hear from us (healthchecks or the like)."""
    ping_minutes: Annotated[StrictInt, Field(ge=1, le=1440)] = 5
    """At least, between two such signs of life."""

    @field_validator("ping_url")
    @classmethod
    def _an_address_to_add_to(cls, url: SecretStr | None) -> SecretStr | None:
        if url is None:
            return None
        address = web_address(url.get_secret_value().strip())
        if "?" in address or "#" in address:
            raise ValueError("ping_url ends before any ? or #: /start and /fail are put at its end")
        return SecretStr(address)


class Chat(Section):
    """A chat, or a telephone, that is told when no mail leaves. Needs the extra [chat]."""

    address: SecretStr
    """As apprise writes it, for example workflows://... for Microsoft Teams. It holds tokens, so it is a secret."""

    @field_validator("address")
    @classmethod
    def _known_by_its_beginning(cls, address: SecretStr) -> SecretStr:
        found = _CHAT.fullmatch(address.get_secret_value().strip())
        scheme = found["scheme"].lower() if found else ""
        if not scheme or scheme in _FILES:
            raise ValueError("a chat's address begins with its kind, as in slack:// or workflows://")
        if scheme == "msteams":
            raise ValueError(
                "Microsoft switched off what msteams:// used: make a workflow in Teams and write workflows://"
            )
        if scheme in _BY_MAIL:
            raise ValueError("a chat is for when no mail leaves, so it cannot be mail")
        return SecretStr(found[0] if found else "")
