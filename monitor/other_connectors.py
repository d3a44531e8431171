"""Connectors that somebody else wrote and the school installed: found by their entry point."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from config.accounts import OtherAccount
from connectors.base import Connector
from connectors.errors import ConnectorError, Forbidden

if TYPE_CHECKING:
    from connectors.transport import NetworkSession

GROUP = "school_social_monitor.connectors"
"""Entry points in this group name a callable that takes a Connection and returns a Connector."""


@dataclass(frozen=True)
class Connection:
    """What an installed connector is given. `session` has limits, records what is received, and knows the secrets.

    `now` is the only clock. `identity`, `options`, `token` and `api_url` stand in the account's settings.
    """

    session: NetworkSession
    now: Callable[[], datetime]
    identity: str
    lookback_days: int
    api_url: str | None = None
    token: str | None = field(default=None, repr=False)
    options: dict[str, str | int | bool] = field(default_factory=dict)


def build_other(account: OtherAccount, session: NetworkSession, now: Callable[[], datetime]) -> Connector:
    """The installed connector of an account. Raises Forbidden when it is not there or cannot be used."""
    where = f"account {account.key}"
    installed = {each.name: each for each in entry_points(group=GROUP)}
    if account.connector not in installed:
        there = ", ".join(sorted(installed)) or "none"
        raise Forbidden(f"{where}: no connector called {account.connector} is installed (installed: {there})")
    connection = Connection(
        session=session,
        now=now,
        identity=account.identity,
        lookback_days=account.lookback_days,
        api_url=account.api_url,
        token=account.token.get_secret_value() if account.token else None,
        options=dict(account.options),
    )
    failure = ""
    try:
        connector: Connector = installed[account.connector].load()(connection)
    except ConnectorError:
        raise
    except Exception as broken:  # it is not our code, and its words may hold the token
        failure = type(broken).__name__
    if failure:
        raise Forbidden(f"{where}: the connector {account.connector} cannot be started ({failure}); ask who made it")
    return connector
