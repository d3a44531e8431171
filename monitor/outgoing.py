"""The care taken of the school's own words: what is looked for in them, and when.

The lists of names are files of the school's. They are read when they have changed, held in memory only, and never
logged, printed or stored.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from config.settings import Settings
from connectors.fetched import FetchedItem, FetchedPost, ItemKind, has_picture
from monitor.language.outgoing.checking import Lists, look
from monitor.language.outgoing.facts import OwnPeople, Published, contacts_of
from monitor.language.outgoing.name_list import LARGEST, BadList, NameList, read_names
from monitor.language.own_words import OwnWords
from monitor.logs import where
from monitor.model import OutgoingFinding, OutgoingKind
from monitor.rules.outgoing import is_history, wanted_kinds
from monitor.store import outgoing
from monitor.store.engine import Transaction
from monitor.store.item_tables import Post, Reply
from monitor.store.school_tables import Account
from monitor.store.text import words_of

log = logging.getLogger("monitor.outgoing")

PUPILS, OPTED_OUT = "The list of pupils", "The list of those not to be shown or named"
_EVERYBODYS_MAIL = frozenset(
    """
    gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk live.com live.co.uk msn.com yahoo.com yahoo.co.uk
    icloud.com me.com mac.com aol.com aol.co.uk btinternet.com sky.com talktalk.net virginmedia.com ntlworld.com
    protonmail.com proton.me gmx.com gmx.co.uk zoho.com
    """.split()  # noqa: SIM905  a list of so many words is read more easily as a text
)
"""Where anybody has an address: one there is the school's only word for word."""
Found = Mapping[str, tuple[OutgoingFinding, ...]]
"""What was found in posts, by their ids on the network."""


class ListFile:
    """A file of names, read again whenever it has changed."""

    def __init__(self, path: Path | None, name: str) -> None:
        self._path, self._name = path, name
        self._read_as: tuple[int, int] | None = None
        self._names: NameList | None = None

    def names(self) -> NameList | None:
        """The names as the file has them now; None: the school has no such list. Raises BadList."""
        if self._path is None:
            return None
        try:
            stands = self._path.stat()
            version = (stands.st_mtime_ns, stands.st_size)
            if version != self._read_as:
                self._names = None
                with self._path.open("rb") as file:
                    self._names = read_names(file.read(LARGEST + 1))
                self._read_as = version
        except OSError as unreadable:
            self._read_as = self._names = None
            raise BadList(
                f"{self._path}: cannot be read ({unreadable.strerror or type(unreadable).__name__})"
            ) from None
        except BadList as bad:
            self._read_as = None
            raise BadList(f"{self._path}: {bad}") from None
        return self._names


@dataclass(frozen=True)
class OutgoingCare:
    """Looks at what the accounts of one school publish."""

    own: OwnPeople
    kinds: frozenset[OutgoingKind]
    clause: str = ""
    pupils: ListFile = field(default_factory=lambda: ListFile(None, PUPILS))
    opted_out: ListFile = field(default_factory=lambda: ListFile(None, OPTED_OUT))
    _complained: set[str] = field(default_factory=set, repr=False, compare=False)

    def lists(self) -> Lists:
        """The lists as they stand now. One that cannot be read is named, and what it is for goes to a person."""
        read: dict[str, NameList | None] = {}
        broken = []
        for kind, name, file in (
            (OutgoingKind.FULL_NAME, PUPILS, self.pupils),
            (OutgoingKind.OPTED_OUT, OPTED_OUT, self.opted_out),
        ):
            try:
                read[name] = file.names() if kind in self.kinds else None
                self._complained.discard(name)
            except BadList as bad:
                broken.append(name)
                if name not in self._complained:  # once, not at every post
                    self._complained.add(name)
                    log.warning("%s cannot be used: %s", name, bad)
        return Lists(read.get(PUPILS), read.get(OPTED_OUT), tuple(broken))

    def look_at_posts(self, posts: Sequence[FetchedPost], held: Mapping[str, str], own_ids: Sequence[str]) -> Found:
        """What stands in those of these posts that are the school's and say something else than they did.

        `held`: what they said when they were last read. `own_ids`: of the school's account.
        """
        texts = {post.remote_id: words_of(post) for post in posts if not post.by_others}
        new = [
            post for post in posts if texts.get(post.remote_id) and held.get(post.remote_id) != texts[post.remote_id]
        ]
        if not new:
            return {}
        lists = self.lists()
        found = {}
        for post in new:
            tagged = len(set(post.addressed_to) - set(own_ids))
            published = Published(texts[post.remote_id], has_picture=post.has_picture, tagged=tagged)
            found[post.remote_id] = self._look(published, lists)
        return found

    def keep_post(
        self,
        tx: Transaction,
        account: Account,
        post: Post,
        before: str,
        seen: Found,
        judged_from: datetime | None,
        now: datetime,
    ) -> None:
        """Write down what was found in a post that is new or says something else than `before`."""
        if post.remote_id not in seen or post.text == before:
            return
        watched_from = max(account.added_at, judged_from or account.added_at)
        history = is_history(post.created_at or post.first_seen_at, watched_from, was_edited=bool(before))
        outgoing.write_down(tx, post, post.text, seen[post.remote_id], now, is_history=history)

    def keep_reply(
        self,
        tx: Transaction,
        account: Account,
        item: Reply,
        fetched: FetchedItem,
        judged_from: datetime | None,
        now: datetime,
    ) -> None:
        """Look at words of the school's account in a thread, and write down what was found."""
        version = item.versions[-1]
        around = outgoing.people_around(tx, item)
        # Whom an answer speaks to is known once that is in the book; before, anybody may be meant by it.
        answers_known = item.parent_remote_id is None or outgoing.is_held(tx, account, item.parent_remote_id)
        addressed = set(item.addressed_to) if answers_known else set()
        strangers = addressed - {author for author, _ in around} - set(account.own_ids)
        published = Published(
            version.text,
            has_picture=has_picture(fetched.attachments),
            is_private=item.kind == ItemKind.MESSAGE,
            is_reply=True,
            tagged=len(strangers),
            talking=tuple({name for _, name in around if name}),
        )
        watched_from = max(account.added_at, judged_from or account.added_at)
        history = is_history(item.created_at, watched_from, was_edited=version.number > 1)
        outgoing.write_down(tx, item, version.text, self._look(published, self.lists()), now, is_history=history)

    def _look(self, published: Published, lists: Lists) -> tuple[OutgoingFinding, ...]:
        try:
            return look(published, self.own, lists, self.kinds, self.clause)
        except Exception as unforeseen:
            # What breaks this must not keep comments from being kept. Its text may quote a name: only its kind is
            # told.
            log.warning("own words could not be checked: %s at %s", type(unforeseen).__name__, where(unforeseen))
            reason = "These words could not be checked, by a fault of this program. Please look yourself."
            return (OutgoingFinding(OutgoingKind.NOT_CHECKED, 0, 0, reason, self.clause),)


def care_for(settings: Settings) -> OutgoingCare:
    """The care that a configuration asks for. Cheap: lists are read when the first words come by."""
    rule, lists, folder = settings.policy.outgoing, settings.outgoing, settings.path.parent
    mails = [settings.mail.sender, settings.mail.reply_to, *(each.official_address for each in settings.registered)]
    addresses = [each.casefold() for each in mails if each]
    people = (name for person in settings.people for name in (person.name, *person.known_as))
    return OutgoingCare(
        own=OwnPeople(
            names=(*people, settings.school.name),
            domains=frozenset(each.rpartition("@")[2] for each in addresses) - _EVERYBODYS_MAIL,
            contacts=contacts_of([*addresses, *lists.own_contacts]),
            handles=frozenset(each.identity.lstrip("@").casefold() for each in settings.accounts),
            words=OwnWords.of(settings.judging),
        ),
        kinds=wanted_kinds(rule),
        clause=rule.clause,
        pupils=ListFile(_placed(folder, lists.pupils_file), PUPILS),
        opted_out=ListFile(_placed(folder, lists.opted_out_file), OPTED_OUT),
    )


def _placed(folder: Path, path: Path | None) -> Path | None:
    return None if path is None else folder / path
