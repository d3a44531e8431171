"""A busy fortnight on one network, invented by dice: what is posted, written, edited, deleted, hidden and held.

Everything that happens to a message takes long enough for a reader who comes every quarter of an hour to meet it; the
last day is quiet, so that by its end everything can be known.
"""

from dataclasses import replace
from datetime import timedelta
from random import Random

from monitor.demo.world import Author, StoryMessage, StoryPost, World

NETWORKS = ("facebook", "instagram", "x", "reddit", "youtube", "wordpress", "mastodon", "bluesky")
"""Networks that tell everything that happens to a comment, and who wrote it."""
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FORTNIGHT = 14 * DAY
QUIET = 30 * HOUR
"""At the end. X is asked for what went missing once a day."""
SEEN_FOR = 30 * HOUR
"""How long a message is at least there, or has its words: cold threads are read once a day."""

POSTS_A_DAY = 2
MESSAGES = 560
CROWDED = 120
"""Comments under the busiest post."""
ANSWERED_MANY_TIMES = 32
"""Replies to one comment."""
WORDS = ["when", "where", "coat", "fair", "bus", "thanks", "sorry", "please", "Friday", "9am", "£5", "☔", "naïve"]
VANISHES_BELOW = frozenset({"bluesky"})
"""Networks that no longer show what stands below something deleted: whether it is hidden as well, nobody can see."""
TAKES_ALONG = frozenset({"facebook", "instagram", "youtube"})
"""Networks on which replies go with the comment above them."""


class Fortnight:
    """Writes a world for one network harness, message by message. `begin`: aware. It may be made shorter."""

    def __init__(self, network, begin, seed=1, messages=MESSAGES, length=FORTNIGHT):
        self.network, self.begin, self.end = network, begin, begin + length
        self.busy_until = self.end - QUIET
        self.dice = Random(f"{network.network}-{seed}")
        self.school = network.world().school
        example = next(m for m in network.world().messages if m.author and m.author.id != self.school.id)
        self.people = [self._someone(example.author, n) for n in range(25)]
        self.impersonator = replace(self._someone(example.author, 99), name=self.school.name)
        self.world = World(self.school)
        self._made = 0
        self._write(messages)

    def can(self, what):
        """Whether something can happen on this network."""
        return what in self.network.happens

    def _someone(self, like, number):
        """Someone whose id is shaped as the network shapes ids."""
        digits = str(100 + number)
        return Author(like.id[: -len(digits)] + digits if like.id else "", f"Parent {number}", f"parent_{number}")

    def _write(self, messages):
        for n in range(POSTS_A_DAY * ((self.end - self.begin) // DAY)):
            at = (
                self.begin + self.dice.random() * (self.busy_until - self.begin - 9 * HOUR)
                if n
                else self.begin + HOUR
            )
            self.world.posts.append(StoryPost(self.network.post_id(n + 1, at), f"Post {n}", _whole(at)))
        self.world.posts.sort(key=lambda post: post.at)
        busiest = self.world.posts[0]
        for n in range(CROWDED):
            self._comment(busiest, busiest.at + n * (self.busy_until - busiest.at) / CROWDED + 5 * MINUTE)
        asked = self._comment(self.world.posts[2], self.world.posts[2].at + HOUR)
        for n in range(ANSWERED_MANY_TIMES):
            self._reply(asked, asked.at + (n + 1) * HOUR)
        while len(self.world.messages) < messages:
            self._one_more()
        self.world.messages = [self._with_a_life(message) for message in self.world.messages]

    def _one_more(self):
        chance = self.dice.random()
        if chance < 0.4 and (onto := self._anyone()):
            self._reply(onto, onto.at + self.dice.random() ** 2 * 3 * DAY + MINUTE)
        elif chance < 0.5 and self.can("mention"):
            self._add(
                self.dice.choice(self.people),
                self.begin + self.dice.random() * (self.busy_until - self.begin),
                None,
                None,
            )
        else:
            post = self.dice.choice(self.world.posts)
            self._comment(post, post.at + self.dice.random() ** 3 * 6 * DAY + MINUTE)

    def _anyone(self):
        those = [m for m in self.world.messages if m.at < self.busy_until - HOUR]
        return self.dice.choice(those) if those else None

    def _comment(self, post, at):
        return self._add(self._author(), at, post.id, None)

    def _reply(self, onto, at):
        """Where replies do not nest, one to a reply hangs under the comment above it."""
        if not self.can("nested") and onto.parent_id is not None and onto.parent_id != onto.post_id:
            onto = next(m for m in self.world.messages if m.id == onto.parent_id)
        author = self.school if self.dice.random() < 0.5 else self._author()
        return self._add(author, at, onto.post_id, onto.id)

    def _author(self):
        chance = self.dice.random()
        if chance < 0.04:
            return self.impersonator
        if chance < 0.07 and self.can("unsigned"):
            return None
        return self.dice.choice(self.people)

    def _add(self, author, at, post_id, parent_id):
        at = _whole(min(at, self.busy_until - MINUTE * self.dice.randrange(1, 300)))
        above = next((m for m in self.world.messages if m.id == parent_id), None)
        if above is not None and at <= above.at:
            at = above.at + MINUTE
        self._made += 1
        words = f"{self._addressing()}{' '.join(self.dice.choices(WORDS, k=self.dice.randrange(1, 12)))} {self._made}"
        message = StoryMessage(
            self.network.message_id(self._made, at, post_id), author, words, at, post_id, parent_id
        )
        self.world.messages.append(message)
        return message

    def _addressing(self):
        return f"@{self.school.handle} " if self.network.network == "x" else ""

    def _can_be_hidden(self, message):
        """A school hides what stands under its own posts."""
        in_sight = message.parent_id is None or self.network.network not in VANISHES_BELOW
        return self.can("hidden") and message.post_id is not None and in_sight

    def _is_answered(self, message):
        """Whether the school replied somewhere below it."""
        return any(m.author is self.school for m in self._below(message))

    def _below(self, message):
        """Every message below it, at any depth."""
        for below in [m for m in self.world.messages if m.parent_id == message.id]:
            yield below
            yield from self._below(below)

    def _with_a_life(self, message):
        """What becomes of a message later. Nothing the school said or answered goes or is hidden."""
        if message.author is self.school:
            return message
        chance, answered = self.dice.random(), self._is_answered(message)
        late = self.busy_until
        last_below = max([message.at, *(below.at for below in self._below(message))])
        after = _whole(last_below + SEEN_FOR + self.dice.random() * 2 * DAY)
        if chance < 0.08 and self.can("deleted") and not answered and after < late:
            return replace(message, deleted_at=after)
        if chance < 0.16 and self.can("edited") and message.at + 25 * MINUTE < late:
            at = message.at + 20 * MINUTE if self.network.network == "x" else min(after, late)
            return replace(message, edits=((_whole(at), f"{message.text} (put right)"),))
        if chance < 0.22 and self._can_be_hidden(message) and not answered and after < late:
            again = after + SEEN_FOR if self.dice.random() < 0.4 else None
            return replace(message, hidden_at=after, shown_again_at=again if again and again < late else None)
        if chance < 0.28 and self.can("held") and not any(m.parent_id == message.id for m in self.world.messages):
            released = message.at + self.dice.random() * 2 * DAY + 20 * MINUTE
            return replace(message, held_until=_whole(released) if released < late else self.end + DAY)
        return message


def truth(world, now, network):
    """What an export must hold at `now`, worked out from the world alone: by id, the fields of one line."""
    by_id = {message.id: message for message in world.messages}
    lines = {}
    for message in world.messages:
        gone = not _is_there(message, by_id, now, network in TAKES_ALONG)
        state = "hidden" if message.is_hidden(now) else "held" if message.is_held(now) else "visible"
        lines[message.id] = {
            "remote_id": message.id,
            "author_id": message.author.id if message.author else None,
            "is_own": message.author is not None and message.author.id == world.school.id,
            "text": message.text_at(min(now, message.deleted_at or now)),
            "created_at": message.at.isoformat().replace("+00:00", "Z"),
            "parent_id": message.parent_id,
            "state": "gone" if gone else state,
            "answered_at": None,
        }
    for reply in sorted((m for m in world.messages if m.author == world.school), key=lambda m: m.at):
        for message_id in _answered_by(reply, by_id, world.school):
            if lines[message_id]["answered_at"] is None:
                lines[message_id]["answered_at"] = reply.at.isoformat().replace("+00:00", "Z")
    return lines


def _is_there(message, by_id, now, with_what_is_above):
    above = by_id.get(message.parent_id)
    there = not (with_what_is_above and above) or _is_there(above, by_id, now, True)
    return there and message.exists(now)


def _answered_by(reply, by_id, school):
    """What a reply answers: the nearest comment above, and what its author said before in the thread."""
    above, top = by_id.get(reply.parent_id), reply
    while top.parent_id in by_id:
        top = by_id[top.parent_id]
    while above is not None and above.author == school:
        above = by_id.get(above.parent_id)
    if above is None:
        return
    yield above.id
    for other in by_id.values():
        first = other
        while first.parent_id in by_id:
            first = by_id[first.parent_id]
        same = above.author is not None and other.author is not None and other.author.id == above.author.id
        if same and other.id != above.id and first is top and other.at <= reply.at:
            yield other.id


def _whole(moment):
    return moment.replace(microsecond=0)
