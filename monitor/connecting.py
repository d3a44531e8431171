"""Builds the connector of an account: the only place that knows every network's class.

Connectors are imported when they are built: each brings an SDK, and most commands need none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from config.accounts import (
    AccountSettings,
    BlueskyAccount,
    FacebookPageAccount,
    FeedAccount,
    GoogleReviewsAccount,
    InstagramAccount,
    MastodonAccount,
    OtherAccount,
    ReadsMessages,
    RedditAccount,
    WordPressAccount,
    XAccount,
    YouTubeAccount,
)
from config.secrets import all_secrets
from config.settings import Settings
from connectors.base import Connector
from connectors.transport import NetworkSession
from monitor.allotment import Allotment
from monitor.clock import Clock
from monitor.unwatched import why_unwatched

if TYPE_CHECKING:
    from connectors.bluesky_server import SignIns

MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Line:
    """The line to one account's network: makes its session and says what the school allows."""

    settings: Settings
    clock: Clock

    def session(self, hosts: dict[str, str]) -> NetworkSession:
        """An HTTP session. `hosts`: addresses that are built into a library, and what stands in for them."""
        connection = self.settings.connection
        return NetworkSession(
            now=self.clock,
            connect_seconds=connection.connect_seconds,
            read_seconds=connection.read_seconds,
            largest_reply=connection.largest_reply_mb * MEGABYTE,
            proxy=connection.proxy,
            ca_file=str(self.settings.path.parent / connection.ca_file) if connection.ca_file else None,
            rewrite=hosts,
            secrets=all_secrets(self.settings),
        )

    def reads_messages(self, account: AccountSettings) -> bool:
        """Whether direct messages to this account are read: its own setting and the policy both say so."""
        return isinstance(account, ReadsMessages) and not why_unwatched(account, self.settings)


def build_connector(account: AccountSettings, settings: Settings, clock: Clock) -> Connector:
    """The connector of an account, with an HTTP session of its own. Raises a ConnectorError where an installed
    connector cannot be used."""
    line = Line(settings, clock)
    if isinstance(account, OtherAccount):
        from monitor.other_connectors import build_other

        return build_other(account, line.session({}), clock)
    return _BUILDERS[type(account)](account, line)


def credential_of(account: AccountSettings) -> str:
    """Which credentials an account uses, so that accounts that share them share their allowance too.

    A digest: the credentials cannot be had from it. Accounts without any are told apart by who they are.
    """
    secrets = [
        f"{name}={value.get_secret_value()}"
        for name in sorted(type(account).model_fields)
        if (value := getattr(account, name)) is not None and hasattr(value, "get_secret_value")
    ]
    known_by = "\0".join(secrets or [account.identity])
    return f"{account.network}:{hashlib.sha256(known_by.encode()).hexdigest()[:24]}"


def allotment_of(account: AccountSettings, *, by_hand: bool) -> Allotment:
    """How much may be asked of the account's network."""
    price, cap = 0.0, 0.0
    if isinstance(account, XAccount):
        price, cap = account.post_price_usd, account.monthly_cap_usd
    return Allotment(
        calls_per_run=account.calls_per_run,
        credential=credential_of(account),
        calls_per_day=account.calls_per_day,
        price_usd=price,
        monthly_cap_usd=cap,
        by_hand=by_hand,
    )


def _facebook_page(account: FacebookPageAccount, line: Line) -> Connector:
    from connectors.facebook_page import FacebookPage

    return FacebookPage(
        session=line.session({"https://graph.facebook.com": account.api_url}),
        now=line.clock,
        page_id=account.page_id,
        access_token=account.access_token.get_secret_value(),
        app_secret=account.app_secret.get_secret_value() if account.app_secret else None,
        lookback_days=account.lookback_days,
        read_messages=line.reads_messages(account),
    )


def _instagram(account: InstagramAccount, line: Line) -> Connector:
    from connectors.instagram import Instagram

    return Instagram(
        session=line.session({"https://graph.facebook.com": account.api_url}),
        now=line.clock,
        user_id=account.user_id,
        access_token=account.access_token.get_secret_value(),
        app_secret=account.app_secret.get_secret_value() if account.app_secret else None,
        lookback_days=account.lookback_days,
        read_messages=line.reads_messages(account),
    )


def _x(account: XAccount, line: Line) -> Connector:
    from connectors.x import X

    keys = (account.consumer_key, account.consumer_secret, account.access_token, account.access_token_secret)
    return X(
        session=line.session({"https://api.twitter.com": account.api_url}),
        now=line.clock,
        user_id=account.user_id,
        bearer_token=account.bearer_token.get_secret_value(),
        own_keys=tuple(key.get_secret_value() for key in keys if key is not None),
        lookback_days=account.lookback_days,
        read_messages=line.reads_messages(account),
    )


def _reddit(account: RedditAccount, line: Line) -> Connector:
    from connectors.reddit import Reddit

    hosts = {"https://oauth.reddit.com": account.api_url, "https://www.reddit.com": account.auth_url}
    return Reddit(
        session=line.session(hosts),
        now=line.clock,
        username=account.username,
        subreddit=account.subreddit,
        submissions=account.submissions,
        client_id=account.client_id,
        client_secret=account.client_secret.get_secret_value(),
        refresh_token=account.refresh_token.get_secret_value(),
        lookback_days=account.lookback_days,
    )


def _youtube(account: YouTubeAccount, line: Line) -> Connector:
    from connectors.google_access import GoogleAccess
    from connectors.youtube import YouTube

    session = line.session({"https://oauth2.googleapis.com": account.auth_url})
    access = None
    if account.client_id and account.client_secret and account.refresh_token:
        access = GoogleAccess(
            session=session,
            now=line.clock,
            client_id=account.client_id,
            client_secret=account.client_secret.get_secret_value(),
            refresh_token=account.refresh_token.get_secret_value(),
        )
    return YouTube(
        session=session,
        now=line.clock,
        channel_id=account.channel_id,
        api_url=account.api_url,
        api_key=account.api_key.get_secret_value() if account.api_key else None,
        access=access,
        lookback_days=account.lookback_days,
    )


def _wordpress(account: WordPressAccount, line: Line) -> Connector:
    from connectors.wordpress import WordPress

    return WordPress(
        session=line.session({}),
        now=line.clock,
        site=account.api_url or account.site,
        username=account.username,
        application_password=(
            account.application_password.get_secret_value() if account.application_password else None
        ),
        own_user_ids=account.own_user_ids,
        lookback_days=account.lookback_days,
    )


def _mastodon(account: MastodonAccount, line: Line) -> Connector:
    from connectors.mastodon import Mastodon

    return Mastodon(
        session=line.session({}),
        now=line.clock,
        username=account.username,
        server=account.api_url or account.server,
        access_token=account.access_token.get_secret_value(),
        lookback_days=account.lookback_days,
    )


def _bluesky(account: BlueskyAccount, line: Line) -> Connector:
    from connectors.bluesky import Bluesky

    return Bluesky(
        session=line.session({}),
        now=line.clock,
        handle=account.handle,
        app_password=account.app_password.get_secret_value(),
        api_url=account.api_url,
        lookback_days=account.lookback_days,
        sign_ins=_bluesky_sign_ins(),
    )


@cache
def _bluesky_sign_ins() -> SignIns:
    """Signing in is allowed some hundred times a day, and lasts two hours: kept while the process lives."""
    from connectors.bluesky_server import SignIns

    return SignIns()


def _feed(account: FeedAccount, line: Line) -> Connector:
    from connectors.feed import Feed

    return Feed(
        session=line.session({}),
        now=line.clock,
        feed_url=account.api_url or account.feed_url,
        lookback_days=account.lookback_days,
    )


def _google_reviews(account: GoogleReviewsAccount, line: Line) -> Connector:
    from connectors.google_access import GoogleAccess
    from connectors.google_reviews import GoogleReviews

    session = line.session({"https://oauth2.googleapis.com": account.auth_url})
    return GoogleReviews(
        session=session,
        now=line.clock,
        account_id=account.account_id,
        location_id=account.location_id,
        api_url=account.api_url,
        access=GoogleAccess(
            session=session,
            now=line.clock,
            client_id=account.client_id,
            client_secret=account.client_secret.get_secret_value(),
            refresh_token=account.refresh_token.get_secret_value(),
        ),
        lookback_days=account.lookback_days,
    )


_BUILDERS: dict[type, Callable[..., Connector]] = {
    FacebookPageAccount: _facebook_page,
    InstagramAccount: _instagram,
    XAccount: _x,
    RedditAccount: _reddit,
    YouTubeAccount: _youtube,
    WordPressAccount: _wordpress,
    MastodonAccount: _mastodon,
    BlueskyAccount: _bluesky,
    FeedAccount: _feed,
    GoogleReviewsAccount: _google_reviews,
}
