"""The school's own accounts on the networks, as the configuration describes them.

`api_url` is where a network is asked; only tests, stand-ins and some proxies need another than the default.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, SecretStr, StrictBool, StrictFloat, StrictInt, ValidationInfo, field_validator

from config.values import Key, Name, NumericId, Section, WebAddress


class AccountBase(Section):
    key: Key
    """Short name of the account, used in commands and mails."""
    label: Name
    """What people call it: "Facebook page"."""
    poll_minutes: Annotated[StrictInt, Field(ge=1, le=1440)] = 15
    lookback_days: Annotated[StrictInt, Field(ge=1, le=7300)] = 30
    """How far back the first read goes, and for how long posts are read again."""
    calls_per_run: Annotated[StrictInt, Field(ge=1, le=10000)] = 200
    calls_per_day: Annotated[StrictInt, Field(ge=10, le=100000)] = 1000
    """Calls in a UTC day with the same credentials; a fifth of them is held back for looking after what we hold."""


class ReadsMessages(AccountBase):
    """An account that can also receive direct messages."""

    read_messages: StrictBool = False
    """Read them as well. They are read only where the policy pack allows it too."""


class FacebookPageAccount(ReadsMessages):
    network: Literal["facebook_page"]
    page_id: NumericId
    access_token: SecretStr
    app_secret: SecretStr | None = None
    api_url: WebAddress = "https://graph.facebook.com"

    @property
    def identity(self) -> str:
        """Which account on the network it is."""
        return self.page_id


class InstagramAccount(ReadsMessages):
    network: Literal["instagram"]
    user_id: NumericId
    """Number of the professional account."""
    access_token: SecretStr
    app_secret: SecretStr | None = None
    api_url: WebAddress = "https://graph.facebook.com"
    """https://graph.instagram.com for a token made by signing in with Instagram."""

    @property
    def identity(self) -> str:
        """Which account on the network it is."""
        return self.user_id


class XAccount(ReadsMessages):
    network: Literal["x"]
    user_id: NumericId
    bearer_token: SecretStr
    consumer_key: SecretStr | None = None
    """This and the next three: the account's own keys (OAuth 1.0a), needed for direct messages only."""
    consumer_secret: SecretStr | None = None
    access_token: SecretStr | None = None
    access_token_secret: Annotated[SecretStr | None, Field(validate_default=True)] = None
    post_price_usd: Annotated[StrictFloat, Field(ge=0, le=1)] = 0.005
    """What X charges for reading one post; 0.001 where the account itself owns the developer app."""
    monthly_cap_usd: Annotated[StrictFloat, Field(gt=0, le=10000)] = 10.0
    """What reading may cost in a calendar month (UTC)."""
    api_url: WebAddress = "https://api.twitter.com"

    @property
    def identity(self) -> str:
        """Which account on the network it is."""
        return self.user_id

    @field_validator("access_token_secret")
    @classmethod
    def _all_four_keys_or_none(cls, last: SecretStr | None, others: ValidationInfo) -> SecretStr | None:
        names = ("consumer_key", "consumer_secret", "access_token")
        given = [others.data.get(name) is not None for name in names] + [last is not None]
        if any(given) != all(given):
            raise ValueError(f"{', '.join(names)} and access_token_secret go together: give all four or none")
        if others.data.get("read_messages") and not all(given):
            raise ValueError("read_messages needs the account's own four keys; a bearer token cannot read messages")
        return last


class RedditAccount(AccountBase):
    network: Literal["reddit"]
    username: Name
    subreddit: Name | None = None
    """The school's own subreddit, without r/. Leave out when the school only has a user."""
    submissions: Annotated[tuple[Name, ...], Field(max_length=50)] = ()
    """Submissions elsewhere whose comments are read as well: the part of their address after /comments/."""
    client_id: Name
    client_secret: SecretStr
    refresh_token: SecretStr
    api_url: WebAddress = "https://oauth.reddit.com"
    auth_url: WebAddress = "https://www.reddit.com"

    @property
    def identity(self) -> str:
        """Which account on the network it is."""
        return self.username


class YouTubeAccount(AccountBase):
    """A channel, read with an API key (published comments only) or as its owner (held ones too)."""

    network: Literal["youtube"]
    channel_id: Name
    api_key: SecretStr | None = None
    client_id: Name | None = None
    client_secret: SecretStr | None = None
    refresh_token: Annotated[SecretStr | None, Field(validate_default=True)] = None
    api_url: WebAddress = "https://www.googleapis.com"
    auth_url: WebAddress = "https://oauth2.googleapis.com"

    @property
    def identity(self) -> str:
        """Which account on the network it is."""
        return self.channel_id

    @field_validator("refresh_token")
    @classmethod
    def _one_way_in(cls, token: SecretStr | None, others: ValidationInfo) -> SecretStr | None:
        owner = [others.data.get(name) is not None for name in ("client_id", "client_secret")] + [token is not None]
        if any(owner) != all(owner):
            raise ValueError("client_id, client_secret and refresh_token go together: give all three or none")
        if not any(owner) and others.data.get("api_key") is None:
            raise ValueError("needs api_key, or client_id, client_secret and refresh_token")
        return token


class WordPressAccount(AccountBase):
    """The comments on the school's own website. With an application password held comments are seen as well."""

    network: Literal["wordpress"]
    site: WebAddress
    """Address of the website."""
    username: Name | None = None
    application_password: Annotated[SecretStr | None, Field(validate_default=True)] = None
    own_user_ids: Annotated[tuple[NumericId, ...], Field(max_length=50)] = ()
    """Numbers of further users of the site who answer for the school."""
    api_url: WebAddress | None = None

    @property
    def identity(self) -> str:
        """Which account on the network it is."""
        return self.site

    @field_validator("application_password")
    @classmethod
    def _both_or_neither(cls, password: SecretStr | None, others: ValidationInfo) -> SecretStr | None:
        if (others.data.get("username") is None) != (password is None):
            raise ValueError("username and application_password go together: give both or neither")
        return password


class MastodonAccount(AccountBase):
    network: Literal["mastodon"]
    username: Name
    """The account's name on its server, without @ and server."""
    server: WebAddress
    access_token: SecretStr
    api_url: WebAddress | None = None

    @property
    def identity(self) -> str:
        """Which account on the network it is."""
        return f"{self.username}@{self.server}"


class BlueskyAccount(AccountBase):
    network: Literal["bluesky"]
    handle: Name
    """Without @: oakfield.bsky.social."""
    app_password: SecretStr
    api_url: WebAddress = "https://bsky.social"

    @property
    def identity(self) -> str:
        """Which account on the network it is."""
        return self.handle


class FeedAccount(AccountBase):
    """A feed of comments (RSS or Atom). It names no authors by id, so replies of the school are not recognised."""

    network: Literal["feed"]
    feed_url: WebAddress
    api_url: WebAddress | None = None

    @property
    def identity(self) -> str:
        """Which account on the network it is."""
        return self.feed_url


class GoogleReviewsAccount(AccountBase):
    network: Literal["google_reviews"]
    account_id: NumericId
    location_id: NumericId
    client_id: Name
    client_secret: SecretStr
    refresh_token: SecretStr
    api_url: WebAddress = "https://mybusiness.googleapis.com"
    auth_url: WebAddress = "https://oauth2.googleapis.com"

    @property
    def identity(self) -> str:
        """Which account on the network it is."""
        return f"accounts/{self.account_id}/locations/{self.location_id}"


class OtherAccount(AccountBase):
    """An account on a network that an installed connector of somebody else's reads (docs/connectors.md)."""

    network: Literal["other"]
    connector: Key
    """Name under which the connector was installed."""
    identity: Name
    """Which account on the network it is, as the connector's own documentation says."""
    options: Annotated[dict[str, str | StrictInt | StrictBool], Field(max_length=30)] = {}
    token: SecretStr | None = None
    api_url: WebAddress | None = None


AccountSettings = Annotated[
    FacebookPageAccount
    | InstagramAccount
    | XAccount
    | RedditAccount
    | YouTubeAccount
    | WordPressAccount
    | MastodonAccount
    | BlueskyAccount
    | FeedAccount
    | GoogleReviewsAccount
    | OtherAccount,
    Field(discriminator="network"),
]
