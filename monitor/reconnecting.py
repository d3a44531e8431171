"""What a person does to have an account read again, in plain steps, network by network. British English.

Where the new credentials go is said by `placing`: the names of the keys, never what they hold.
"""

from __future__ import annotations

from pydantic import SecretStr

from config.accounts import AccountBase
from monitor.rules.watching import Trouble

_NETWORKS = {
    "facebook_page": "Facebook",
    "instagram": "Instagram",
    "x": "X",
    "reddit": "Reddit",
    "youtube": "YouTube",
    "wordpress": "the website",
    "mastodon": "the Mastodon server",
    "bluesky": "Bluesky",
    "feed": "the website's feed",
    "google_reviews": "Google",
}
_RENEW: dict[str, tuple[str, ...]] = {
    "facebook_page": (
        "Sign in to Meta Business settings as somebody who administers the school's business. "
        "If Facebook asks to confirm a password or the business, do that first.",
        "Open the system user that reads the page, check that it still has the page, and make a new token for the "
        "school's app with pages_show_list, pages_read_engagement and pages_read_user_content.",
        "With it take the token of the page itself; that is the one the monitor needs.",
    ),
    "instagram": (
        "Sign in to Meta Business settings as somebody who administers the school's business, and check that the "
        "Instagram account is still a professional one, connected to the school's page.",
        "Make a new token for the system user with instagram_basic, instagram_manage_comments and "
        "pages_show_list. Where the account signs in with Instagram instead, make a new long-lived token there.",
    ),
    "x": (
        "Sign in to the X developer console as the school's own account, and look whether the app is suspended or "
        "its plan has ended.",
        "Under keys and tokens make a new bearer token. Making one ends the old one.",
    ),
    "reddit": (
        "Sign in to Reddit as the school's user and look under preferences, apps, whether the app is still there; "
        "if Reddit has locked the user, follow what it asks.",
        "Make a new permanent refresh token with identity, read, history and privatemessages. If the app's secret "
        "was changed, take the new one too.",
    ),
    "youtube": (
        "Sign in to the Google Cloud console with the school's Google account and look under APIs and services, "
        "credentials, whether the key or client is still there.",
        "Read as the channel's owner: sign in again as the owner and make a new refresh token with the scope "
        "youtube.force-ssl. Set the app to production; tokens of an app in testing end after a week. "
        "Read with a key: make a new API key for the YouTube Data API.",
    ),
    "wordpress": (
        "Sign in to the website's own administration as the user the monitor reads with, and check that the user "
        "may still moderate comments.",
        "In that user's profile, under application passwords, revoke the old one and add a new one.",
    ),
    "mastodon": (
        "Sign in to the Mastodon server as the school's account.",
        "Under preferences, development, open the monitor's application, check that it may read, and make its "
        "access token anew.",
    ),
    "bluesky": (
        "Sign in to Bluesky as the school's account; if it was deactivated or taken down, follow what it says.",
        "Under settings, privacy and security, app passwords, delete the old one and add a new one.",
    ),
    "feed": (
        "Open the website and look whether it still offers a feed of its comments, and under which address.",
        "Put that address into feed_url. If the feed was closed for good, take the account out.",
    ),
    "google_reviews": (
        "Sign in to the Google Cloud console with the Google account that manages the school's business profile, "
        "and check that the project still has access to the Business Profile API.",
        "Sign in again as that account and make a new refresh token with the scope business.manage.",
    ),
    "other": ("Look into the documentation of the connector this account is read with, and make new credentials.",),
}
_NOT_ALLOWED: dict[str, tuple[str, ...]] = {
    "facebook_page": (
        "In Meta Business settings check that the system user still has the page with the task Moderate.",
        "Check in the app's dashboard that none of its permissions was withdrawn, and that no review or yearly data "
        "check waits for an answer.",
        "If a permission is missing from the token, make a new token that has it.",
    ),
    "instagram": (
        "In Meta Business settings check that the system user still has the Instagram account and its page.",
        "Check in the app's dashboard that instagram_manage_comments was not withdrawn and that nothing waits for an "
        "answer.",
        "If a permission is missing from the token, make a new token that has it.",
    ),
    "x": (
        "In the X developer console check that the app still has read access and that its plan includes this.",
        "Sign in to X as the school and look whether the account is suspended or locked.",
    ),
    "reddit": (
        "Sign in to Reddit as the school's user and look whether the user is suspended, or banned from the "
        "subreddit.",
        "If the token lacks a permission, make a new refresh token with identity, read, history and privatemessages.",
    ),
    "youtube": (
        "In the Google Cloud console check that the YouTube Data API is switched on for the project.",
        "Held comments are shown to the channel's owner only: sign in as the owner, with youtube.force-ssl.",
    ),
    "wordpress": (
        "Ask whoever looks after the website whether reading comments was switched off, or a security plug-in "
        "refuses the monitor.",
        "Check that the user the monitor reads with may still moderate comments.",
    ),
    "mastodon": (
        "Check that the access token belongs to the school's account, and that its application may read.",
        "Look whether the server has limited or suspended the account.",
    ),
    "bluesky": ("Sign in to Bluesky as the school and look whether the account is limited or taken down.",),
    "feed": ("Ask whoever looks after the website whether the feed of its comments is still meant to be public.",),
    "google_reviews": (
        "Check that the Google account is still an owner or manager of the business profile.",
        "Check in the Google Cloud console that the project was granted access to the Business Profile API.",
    ),
    "other": ("Look into the documentation of the connector this account is read with.",),
}
_EMPTY = (
    "Open the account in a browser where you are not signed in. If it is all there, the network hides it from the "
    "monitor: make new credentials, or ask whether a web filter stands in between.",
    "If it is empty there too, find out who took the posts down, and whether the account was locked or renamed.",
)
_STALE = (
    "Look whether the network has trouble at the moment, and whether this computer reaches it.",
    "Look whether the monitor itself is running: school-monitor run, or cron with school-monitor tick.",
)
WAITING = (
    "Nothing has to be mended. To have it read sooner, allow it more in the account's settings (calls_per_day; on X "
    "monthly_cap_usd), or poll less often (poll_minutes).",
)
"""What to do where an allowance is used up."""

_WHAT = {
    Trouble.DEAD: "{network} no longer takes our credentials.",
    Trouble.EMPTY: "{network} answers, but with nothing: not even our own posts.",
    Trouble.FORBIDDEN: "{network} does not allow us to read the account.",
    Trouble.STALE: "The account is not being read.",
    Trouble.EXPIRING: "The credentials will end.",
}
_PARTS = {
    Trouble.FORBIDDEN: "{network} does not allow us to read a part of the account.",
    Trouble.STALE: "A part of the account is not being read.",
}
_HEADLINES = {
    Trouble.DEAD: "Needs new credentials",
    Trouble.EMPTY: "Shows us nothing",
    Trouble.FORBIDDEN: "Not allowed to be read",
    Trouble.STALE: "Not being read",
}


def what_is_wrong(trouble: Trouble, network: str, label: str, *, is_part: bool = False) -> str:
    """What an incident is, in a sentence. `is_part`: of the account only some streams are meant."""
    words = _PARTS.get(trouble, _WHAT[trouble]) if is_part else _WHAT[trouble]
    name = network_words(network, label)
    return words.format(network=name[:1].upper() + name[1:])


def headline(trouble: Trouble, *, is_part: bool = False) -> str:
    """What an alarm is about, in a few words."""
    return f"In part {_HEADLINES[trouble][:1].lower()}{_HEADLINES[trouble][1:]}" if is_part else _HEADLINES[trouble]


def network_words(network: str, label: str) -> str:
    """How a network is called in the middle of a sentence. `label`: the account's, where we do not know better."""
    return _NETWORKS.get(network, label)


def steps(network: str, trouble: Trouble) -> tuple[str, ...]:
    """What to do about it, first things first. Where credentials are to be made, without where they go."""
    if trouble == Trouble.EMPTY:
        return _EMPTY
    if trouble == Trouble.STALE:
        return _STALE
    book = _NOT_ALLOWED if trouble == Trouble.FORBIDDEN else _RENEW
    return book.get(network, book["other"])


def placing(account: AccountBase) -> str:
    """Where new credentials of an account go, in a sentence; empty for an account that has none."""
    where = f'in the [[accounts]] table with key = "{account.key}"'
    secrets = [name for name in type(account).model_fields if isinstance(getattr(account, name), SecretStr)]
    if not secrets:
        return ""
    if len(secrets) == 1:
        (name,) = secrets
        return f"Put it where {name}_env, {name}_file or {name}_credential points, {where}."
    return f"Put what is new where its setting points (_env, _file or _credential), {where}: {', '.join(secrets)}."
