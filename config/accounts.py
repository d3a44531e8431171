"""The school's accounts on the networks, as the configuration describes them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, SecretStr, StrictInt

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


class FacebookPageAccount(AccountBase):
    network: Literal["facebook_page"]
    page_id: NumericId
    access_token: SecretStr
    app_secret: SecretStr | None = None
    api_url: WebAddress = "https://graph.facebook.com"

    @property
    def identity(self) -> str:
        """Which account on the network it is."""
        return self.page_id


class XAccount(AccountBase):
    network: Literal["x"]
    user_id: NumericId
    bearer_token: SecretStr
    api_url: WebAddress = "https://api.twitter.com"

    @property
    def identity(self) -> str:
        """Which account on the network it is."""
        return self.user_id


class RedditAccount(AccountBase):
    network: Literal["reddit"]
    username: Name
    subreddit: Name | None = None
    """The school's own subreddit, without r/. Leave out when the school only has a user."""
    client_id: Name
    client_secret: SecretStr
    refresh_token: SecretStr
    api_url: WebAddress = "https://oauth.reddit.com"
    auth_url: WebAddress = "https://www.reddit.com"

    @property
    def identity(self) -> str:
        """Which account on the network it is."""
        return self.username


AccountSettings = Annotated[FacebookPageAccount | XAccount | RedditAccount, Field(discriminator="network")]
