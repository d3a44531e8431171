"""Networks that answer properly but for something odd in it: in a list of rows, or in a field of some rows."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from harness import NOW
from reading import read

from monitor.demo.server import Response

NOT_WHAT_PEOPLE_WROTE = {
    "x": r".*\.(users|referenced_tweets)",
    "reddit": r"/comments/[^.]*|/api/info.*",  # a thread is a list of two listings; what is asked for by its id
    "youtube": r".*/(playlistItems|videos)\.items",
    "wordpress": r".*/posts",
    "mastodon": r".*\.(mentions|ancestors)",
    "bluesky": r".*\.(facets|features)",
}
"""By network, the lists in which something odd may be passed over; see `Rows.name`."""
TIMES = frozenset(
    {"created_time", "timestamp", "created_at", "edited_at", "created_utc", "edited", "publishedAt", "updatedAt"}
    | {"date_gmt", "createdAt", "indexedAt", "createTime", "updateTime"}
)
"""What networks call the fields in which a time stands."""


@dataclass(frozen=True)
class Rows:
    """A list of an answer that holds objects. `name`: the path that was asked for and the place in the answer."""

    name: str
    rows: list

    def is_of_people(self, network):
        """Whether everything in it is something that somebody wrote."""
        return not re.fullmatch(NOT_WHAT_PEOPLE_WROTE.get(network.network, "-"), self.name)


def rows_in(payload, name) -> Iterator[Rows]:
    """Every list in an answer that holds objects, at any depth."""
    if isinstance(payload, list):
        if any(isinstance(row, dict) for row in payload):
            yield Rows(name, payload)
        for row in payload:
            yield from rows_in(row, name)
    elif isinstance(payload, dict):
        for key, value in payload.items():
            yield from rows_in(value, f"{name}.{key}")


@dataclass
class Changed:
    """A fault of a stand-in: its answers are changed by `change(rows)`, list by list, before they leave."""

    stand_in: object
    change: object

    def __call__(self, request, _):
        answer = self.stand_in.answer(request)
        if answer.status != 200 or request.method != "GET":
            return answer
        payload = json.loads(answer.body)
        for each in list(rows_in(payload, request.path)):
            self.change(each)
        return Response(200, json.dumps(payload).encode("ascii"), answer.headers)


def read_changed(network, change, world=None, cursors=None):
    """One reading of a network whose every list was changed."""
    with network.stand_in(world or network.world(), lambda: NOW) as stand_in:
        stand_in.fault = Changed(stand_in, change)
        return read(network.connector(stand_in, lambda: NOW), cursors)


def places_in(row, at=()) -> Iterator[tuple]:
    """Every place inside an object at which a value stands, as keys and numbers; lists of objects are left alone."""
    if isinstance(row, dict):
        for key, value in row.items():
            yield (*at, key)
            yield from places_in(value, (*at, key))


def put(row, place, value):
    """Put `value` there."""
    for key in place[:-1]:
        row = row[key]
    row[place[-1]] = value


def holds_rows(row, network, name):
    """Whether something that people wrote stands inside this row of the list `name`."""
    return any(each.is_of_people(network) for each in rows_in(row, name))


def set_aside(reading):
    """Everything that could not be read, as one text."""
    return json.dumps([(each.raw, each.reason) for each in reading.quarantined.values()], default=repr)
