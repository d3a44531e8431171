"""The folder a demonstration lives in: its configuration, its tokens, and the moment its fortnight ends."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from config.policy import ResponseRule
from config.settings import DEFAULT_FILE
from monitor.rules.calendar import is_working, local_to_utc

TIMEZONE = "Europe/London"
READS_UNTIL = time(8, 5)
"""The fortnight ends on a working morning, just after the digest: then there is something to see."""
NOTE = "demo.json"
"""When the fortnight of a folder ends, and whether it was lived through."""
TOKENS = ("facebook", "x", "reddit-secret", "reddit")


class FolderUnusable(Exception):
    """The folder cannot hold a demonstration. One sentence."""


@dataclass(frozen=True)
class Workplace:
    """One folder. `anchor` is the end of its fortnight; `played` says whether it was already lived through."""

    folder: Path
    anchor: datetime
    played: bool

    @property
    def configuration(self) -> Path:
        """The configuration file every other command can be tried with."""
        return self.folder / DEFAULT_FILE

    def token(self, name: str) -> str:
        """A random token, made for this folder."""
        return (self.folder / "secrets" / name).read_text().strip()

    def mark_played(self) -> None:
        """Remember that the fortnight has been lived through."""
        _note(self.folder, self.anchor, played=True)


def last_working_morning(now: datetime) -> datetime:
    """The newest 08:05 on a working day in England that is not in the future, in UTC."""
    zone, rule = ZoneInfo(TIMEZONE), ResponseRule()
    day = now.astimezone(zone).date()
    while not is_working(day, rule) or local_to_utc(day, READS_UNTIL, zone) > now:
        day -= timedelta(days=1)
    return local_to_utc(day, READS_UNTIL, zone)


def open_workplace(folder: Path, anchor: datetime) -> Workplace:
    """Make the folder with its tokens, or take up the one that is there, with the anchor it began with.

    Raises FolderUnusable.
    """
    try:
        return _open(folder.absolute(), anchor)
    except OSError as failed:
        raise FolderUnusable(f"{folder} cannot be used: {failed.strerror}") from None
    except (ValueError, KeyError, TypeError):
        raise FolderUnusable(
            f"{folder / NOTE} is not what an earlier demonstration wrote; take another folder, or delete this one"
        ) from None


def _open(folder: Path, anchor: datetime) -> Workplace:
    if (folder / DEFAULT_FILE).exists() and not (folder / NOTE).exists():
        raise FolderUnusable(f"{folder} holds a {DEFAULT_FILE} that is not a demonstration's; take another folder")
    (folder / "secrets").mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in TOKENS:
        path = folder / "secrets" / name
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(24))
    try:
        note = json.loads((folder / NOTE).read_text())
        return Workplace(folder, datetime.fromisoformat(note["anchor"]), note["played"])
    except FileNotFoundError:
        _note(folder, anchor, played=False)
        return Workplace(folder, anchor, played=False)


def _note(folder: Path, anchor: datetime, played: bool) -> None:
    (folder / NOTE).write_text(json.dumps({"anchor": anchor.isoformat(), "played": played}))


@dataclass(frozen=True)
class DemoSchool:
    """What goes into the demonstration's configuration besides addresses."""

    name: str
    key: str
    page_id: str
    x_user_id: str
    reddit_user: str
    subreddit: str
    lookback_days: Mapping[str, int]
    calls_per_run: int = 200


def write_configuration(place: Workplace, school: DemoSchool, urls: Mapping[str, str]) -> None:
    """Write a complete configuration that points at the stand-in networks."""
    place.configuration.write_text(
        _CONFIGURATION.format(
            name=_quoted(school.name),
            key=_quoted(school.key),
            timezone=_quoted(TIMEZONE),
            page_id=_quoted(school.page_id),
            x_user_id=_quoted(school.x_user_id),
            reddit_user=_quoted(school.reddit_user),
            subreddit=_quoted(school.subreddit),
            facebook_url=_quoted(urls["facebook"]),
            x_url=_quoted(urls["x"]),
            reddit_url=_quoted(urls["reddit"]),
            facebook_days=school.lookback_days["facebook"],
            x_days=school.lookback_days["x"],
            reddit_days=school.lookback_days["reddit"],
            calls=school.calls_per_run,
        )
        + "".join(_REGISTERED.format(account=account, aim=aim) for account, aim in _AIMS.items())
    )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a JSON string without control characters is a TOML string


_CONFIGURATION = """\
# Written by `school-monitor demo`. The people are invented and the networks are stand-ins on this machine,
# which answer only while the demonstration runs (`school-monitor demo --serve` keeps them up).

[school]
name = {name}
key = {key}
timezone = {timezone}
policy = "default"
last_resort = "chair@governors.example"

[mail]
transport = "folder"
sender = "monitor@oakfield.example"
reply_to = "office@oakfield.example"

[[people]]
name = "Mrs Ali"
email = "ali@oakfield.example"
roles = ["moderator"]

[[people]]
name = "Mr Bevan"
email = "bevan@oakfield.example"
roles = ["moderator"]

[[people]]
name = "Ms Okafor"
email = "head@oakfield.example"
roles = ["head"]

[[people]]
name = "Robin Achterberg"
email = "safeguarding@oakfield.example"
roles = ["safeguarding"]

[[people]]
name = "Kim Petersen"
email = "it@oakfield.example"
roles = ["technician"]

[[accounts]]
key = "facebook"
label = "Facebook page"
network = "facebook_page"
page_id = {page_id}
access_token_file = "secrets/facebook"
api_url = {facebook_url}
poll_minutes = 360
lookback_days = {facebook_days}
calls_per_run = {calls}

[[accounts]]
key = "x"
label = "X account"
network = "x"
user_id = {x_user_id}
bearer_token_file = "secrets/x"
api_url = {x_url}
poll_minutes = 360
lookback_days = {x_days}
calls_per_run = {calls}

[[accounts]]
key = "reddit"
label = "Reddit"
network = "reddit"
username = {reddit_user}
subreddit = {subreddit}
client_id = "oakfield-demo"
client_secret_file = "secrets/reddit-secret"
refresh_token_file = "secrets/reddit"
api_url = {reddit_url}
auth_url = {reddit_url}
poll_minutes = 360
lookback_days = {reddit_days}
calls_per_run = {calls}
"""
_REGISTERED = """
[[registered]]
account = "{account}"
aim = "{aim}"
audience = "Families and neighbours"
promotion = "The school's newsletter"
access = "open"
administrators = ["Mrs Ali", "Kim Petersen"]
posters = ["Mr Bevan"]
token_owner = "Kim Petersen"
official_address = "social@oakfield.example"
policy_link = "https://oakfield.example/social-media-policy"
approvals = [{{ by = "Ms Okafor", role = "head", on = "2025-09-01" }}]
live_from = "2025-09-08"
"""
_AIMS = {
    "facebook": "News and dates of the school",
    "x": "Short news, and closures on the day",
    "reddit": "To be there when the town talks about us",
}
