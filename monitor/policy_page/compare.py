"""Two packs beside each other: only what they do differently, then what is the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from config.policy import CATEGORIES, CategoryRule, PolicyPack
from monitor.policy_page import kinds, rest, window
from monitor.policy_page.layout import Paragraph, heading, laid_out, numbered
from monitor.policy_page.terms import Said, capital, in_brackets, kind, listed, who

_Sentence = Callable[[CategoryRule], Said]
_Found = Iterator[Paragraph]
_MANY = 8  # of fifteen kinds; from then on those are named that are no different


def compared(first: PolicyPack, second: PolicyPack) -> list[str]:
    """The lines of the page. Another clause for the same rule is no difference."""
    return laid_out(_Pair(first, second).page())


class _Pair:
    def __init__(self, first: PolicyPack, second: PolicyPack) -> None:
        self.packs = (first, second)

    def page(self) -> _Found:
        one, other = self.packs
        yield Paragraph(f"{one.name} and {other.name}: what they do differently", level=0)
        yield Paragraph(f"Versions: {one.version} and {other.version}.", level=0)
        same = []
        for title, differences in self._parts():
            found = list(differences)
            yield from [heading(title), *found] if found else []
            same += [] if found else [title]
        yield heading("The same in both")
        yield from (Paragraph(title, mark="-") for title in same or ["None of these parts as a whole"])

    def _parts(self) -> Iterator[tuple[str, _Found]]:
        yield "How long the school has to answer", self._said(lambda pack: window.clock(pack, pack.response))
        yield "Direct messages", self._said(lambda pack: {"": window.messages(pack)})
        yield "What is answered", self._kinds(kinds.answered)
        yield "What is taken down", self._kinds(kinds.taken_down)
        yield "How fast people hear of it", self._kinds(kinds.how_fast)
        yield "Who is told", self._kinds(kinds.who_is_told)
        yield "Who does not see it", self._kinds(kinds.kept_out)
        yield "Who takes the head's place", self._said(_instead)
        yield "What people are asked to do", self._steps()
        yield "The steps of escalation", self._lists(_ladder)
        yield "House rules", self._lists(lambda pack: [each.words for each in pack.house_rules])
        yield "What the school itself publishes", self._said(lambda pack: rest.own_posts(pack.outgoing))
        yield "What each account needs", self._said(lambda pack: rest.accounts(pack.accounts))
        yield "How long it is kept", self._said(rest.keeping)

    def _kinds(self, sentence: _Sentence) -> _Found:
        """One aspect of every kind of comment; kinds with the same difference go together."""
        differing: dict[tuple[str, ...], list[str]] = {}
        for name in CATEGORIES:
            pair = tuple(sentence(pack.categories[name]).words for pack in self.packs)
            if len(set(pair)) > 1:
                differing.setdefault(pair, []).append(name)
        for number, (pair, names) in enumerate(differing.items()):
            yield Paragraph(f"{capital(_named(names))}:", space=number > 0)
            for pack, words in zip(self.packs, pair, strict=True):
                rules = [pack.categories[name] for name in names]
                clauses = (sentence(rule).clause or rule.clause for rule in rules)
                yield Paragraph(f"{pack.name}: {words} {in_brackets(*clauses)}", level=2)

    def _said(self, part: Callable[[PolicyPack], dict[str, Said]]) -> _Found:
        """A part that is the same few sentences in every pack."""
        one, other = map(part, self.packs)
        topics = [topic for topic in dict.fromkeys([*one, *other]) if _words(one, topic) != _words(other, topic)]
        for number, topic in enumerate(topics):
            for pack, said in ((self.packs[0], one.get(topic)), (self.packs[1], other.get(topic))):
                if said:
                    yield Paragraph(f"{pack.name}: {said}", space=number > 0 and said is one.get(topic))

    def _lists(self, part: Callable[[PolicyPack], list[str]]) -> _Found:
        """A part that is a list of any length."""
        lists = [part(pack) for pack in self.packs]
        if lists[0] != lists[1]:
            for pack, items in zip(self.packs, lists, strict=True):
                yield Paragraph(f"{pack.name}:" if items else f"{pack.name}: none.")
                yield from numbered(items)

    def _steps(self) -> _Found:
        one, other = (pack.categories for pack in self.packs)
        changed = [name for name in CATEGORIES if one[name].next_steps != other[name].next_steps]
        if changed:
            yield Paragraph(
                f"Other steps for {_most(changed)}. The page of each names them: school-monitor check --policy NAME"
            )


def _words(part: dict[str, Said], topic: str) -> str:
    return part[topic].words if topic in part else ""


def _instead(pack: PolicyPack) -> dict[str, Said]:
    return {"": Said(f"{capital(who(pack.instead_of_the_head))}.")}


def _ladder(pack: PolicyPack) -> list[str]:
    return [f"{each.what}{' At any time.' if each.at_any_time else ''}" for each in pack.ladder]


def _named(names: Iterable[str]) -> str:
    """Kinds of comment inside a sentence."""
    return listed([kind(name)[0].lower() + kind(name)[1:] for name in names])


def _most(names: list[str]) -> str:
    others = [name for name in CATEGORIES if name not in names]
    if len(names) < _MANY:
        return _named(names)
    return f"every kind of comment but {_named(others)}" if others else "every kind of comment"
