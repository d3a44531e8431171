"""What a school has to create where, and which rights it gives, network by network: for `init` and `check`.

Facts are those of each network's own documentation in November 2026.
"""

from __future__ import annotations

STEPS: dict[str, tuple[str, ...]] = {
    "facebook_page": (
        "At developers.facebook.com create an app for the school (type Business).",
        "In Meta Business settings add a system user, give it the page with the task Moderate, and make a token "
        "for it "
        "with pages_show_list, pages_read_engagement and pages_read_user_content.",
        "Ask for Advanced access to pages_read_user_content (App Review): without it nobody's name or id is shown.",
        "For direct messages, if your policy allows them, add pages_messaging.",
        "The page's number stands under About, Page transparency. The app secret lets every call be signed.",
    ),
    "instagram": (
        "The account has to be a professional one, connected to the school's Facebook page.",
        "Use the app and system user of the page, and add instagram_basic and instagram_manage_comments to its "
        "token; "
        "for direct messages, if your policy allows them, instagram_manage_messages.",
        "The account's number is in Meta Business settings, under Instagram accounts.",
    ),
    "x": (
        "At developer.x.com sign in as the school's own account and create a project and an app: reading your own "
        "account then costs a fifth.",
        "Copy the app's bearer token. Set a spending limit there, and monthly_cap_usd here.",
        "The account's number is shown in the developer console; it is not the @name.",
        "Direct messages, if your policy allows them, need the account's own four keys with the right dm.read.",
    ),
    "reddit": (
        "Ask Reddit for access to its API: since November 2025 a person there has to approve it.",
        "At reddit.com/prefs/apps create a web app and make a permanent refresh token with the scopes identity, "
        "read, "
        "history and privatemessages (and modlog where the school moderates a subreddit).",
    ),
    "youtube": (
        "In the Google Cloud console create a project and switch on the YouTube Data API v3.",
        "An API key shows published comments only. To see held ones too, create an OAuth client, publish the "
        "consent "
        "screen (refresh tokens of an app in testing end after 7 days), and sign in as the channel's owner with "
        "the "
        "scope youtube.force-ssl.",
        "The channel's id begins with UC and stands under youtube.com/account_advanced.",
    ),
    "wordpress": (
        "On the school's website create a user for this program with the role Editor, so that it may moderate "
        "comments.",
        "In that user's profile make an application password. It only works over https.",
        "Without user and password only published comments are read.",
    ),
    "mastodon": (
        "In the account's preferences, under Development, create an application with the scopes read:accounts, "
        "read:statuses and read:notifications, and copy its access token.",
    ),
    "bluesky": (
        "In the account's settings, under Privacy and security, make an app password, without access to messages.",
    ),
    "feed": (
        "Find the address of the feed of comments: on WordPress it ends in /comments/feed/, on Blogger in "
        "/feeds/comments/default.",
        "A feed does not say who wrote a comment by id, so the school's own answers are not recognised.",
    ),
    "google_reviews": (
        "In the Google Cloud console create a project, ask Google for access to the Business Profile APIs (the "
        "quota is "
        "0 until a person there approves it) and switch them on.",
        "Create an OAuth client and sign in as an owner or manager of the place with the scope business.manage.",
        "The two numbers are in the name of the place: accounts/.../locations/...",
    ),
    "other": (
        "Install the connector and read its own documentation; docs/connectors.md says how connectors are made.",
    ),
}
"""By network: what to do, in order."""

TITLES = {
    "facebook_page": "Facebook page",
    "instagram": "Instagram",
    "x": "X",
    "reddit": "Reddit",
    "youtube": "YouTube channel",
    "wordpress": "School website (WordPress)",
    "mastodon": "Mastodon",
    "bluesky": "Bluesky",
    "feed": "Feed of comments",
    "google_reviews": "Google reviews",
    "other": "A connector of somebody else's",
}

ASKED = {
    "page_id": "number of the page",
    "user_id": "number of the account",
    "access_token": "access token",
    "app_secret": "app secret",
    "bearer_token": "bearer token",
    "username": "user name",
    "subreddit": "subreddit, without r/",
    "client_id": "client id",
    "client_secret": "client secret",
    "refresh_token": "refresh token",
    "channel_id": "id of the channel",
    "api_key": "API key",
    "site": "address of the website, with https://",
    "application_password": "application password",
    "server": "address of the server, with https://",
    "handle": "handle, without @",
    "app_password": "app password",
    "feed_url": "address of the feed, with https://",
    "account_id": "number of the account (after accounts/)",
    "location_id": "number of the place (after locations/)",
    "connector": "name of the installed connector",
    "identity": "which account there",
    "token": "token",
}
"""What a setting is called when it is asked for."""

LEFT_TO_THE_FILE = frozenset(
    {"consumer_key", "consumer_secret", "access_token_secret", "submissions", "own_user_ids"}
)
"""Settings few need: not asked for, but explained in the example configuration."""
EITHER_WAY = {"youtube": ("api_key", "client_id", "client_secret", "refresh_token")}
"""Settings of which some have to be given although none is needed by itself."""
NOT_ASKED = {"x": frozenset({"access_token"})}
"""Settings that mean something else on this network, and are left to the file as well."""
