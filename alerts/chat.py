"""A line without content to a chat, for when no mail leaves. The only place that knows apprise (the extra `[chat]`).

An address of apprise holds tokens, and apprise puts addresses into its log, so its log is switched off.
"""

from __future__ import annotations

import ipaddress
import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_SILENT = "apprise"
_NOT_INSTALLED = "the program that talks to chats is not installed: pip install 'school-social-monitor[chat]'"


class ChatFailed(Exception):
    """A chat could not be told. One sentence, without its address. `told`: another one was."""

    def __init__(self, reason: str, *, told: bool = False) -> None:
        super().__init__(reason)
        self.told = told


@dataclass(frozen=True)
class ChatLine:
    """Tells every chat of the school. `addresses`: as apprise writes them; they are secrets."""

    addresses: Sequence[str]

    def tell(self, text: str) -> None:
        """Tell it to every chat, whatever becomes of the others; apprise waits some seconds for each and tries once.

        Raises ChatFailed where one or more were not told.
        """
        failures = []
        for number, address in enumerate(self.addresses, 1):
            try:
                if not _notify(_plugin(address, number), text):
                    failures.append(f"chat number {number} did not take it; is its address ([[chat]]) still right?")
            except ChatFailed as failed:
                failures.append(str(failed))
        if failures:
            raise ChatFailed("; ".join(failures), told=len(failures) < len(self.addresses))

    def check(self) -> None:
        """Read the addresses, telling nobody. Raises ChatFailed."""
        for number, address in enumerate(self.addresses, 1):
            _plugin(address, number)


def _plugin(address: str, number: int) -> Any:
    """The chat at an address. Raises ChatFailed."""
    logging.getLogger(_SILENT).disabled = True
    with warnings.catch_warnings():  # one of its hundred plugins asks for a module that Python is about to drop
        warnings.simplefilter("ignore")
        try:
            import apprise
        except ImportError:
            raise ChatFailed(_NOT_INSTALLED) from None
        asset = apprise.AppriseAsset(storage_mode="memory", async_mode=False, secure_logging=True)
        plugin = apprise.Apprise.instantiate(address, asset=asset)
    if plugin is None:
        raise ChatFailed(f"chat number {number} is no address that apprise knows; see docs/watching.md")
    if not plugin.verify_certificate:
        raise ChatFailed(f"chat number {number} says verify=no, so anybody could answer in its place; take it out")
    if _is_in_clear(plugin, address) and not _is_here(plugin.host or ""):
        scheme = address.partition("://")[0]
        raise ChatFailed(f"chat number {number} would be told in clear; write its encrypted form, {scheme}s://")
    plugin.redirects = False  # else what stands in the address would travel to another host
    return plugin


def _notify(plugin: Any, text: str) -> bool:
    try:
        return bool(plugin.notify(body=text))
    except Exception:  # whatever it is, its words may hold the address
        return False


def _is_in_clear(plugin: Any, address: str) -> bool:
    """Whether this is the unencrypted one of two forms."""
    scheme = address.partition("://")[0].lower()
    encrypted = _all(plugin.secure_protocol)
    return bool(encrypted) and scheme not in encrypted and bool(plugin.host) and scheme in _all(plugin.protocol)


def _all(schemes: Any) -> tuple[str, ...]:
    return (schemes,) if isinstance(schemes, str) else tuple(schemes or ())


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
