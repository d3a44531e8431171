"""A judge that goes by single words, for tests of what is done with judgements: the interface of the real one."""

from config.policy import CATEGORIES
from monitor.language.finding import Finding
from monitor.language.judging import Found, Judgement
from monitor.language.own_words import NO_OWN_WORDS
from monitor.model import OFFENSIVE, Category


class FakeJudge:
    """`words`: by word, the category and the score of a text that holds it. Scores of 0.5 and more are flags."""

    def __init__(self, words, own=NO_OWN_WORDS, detector="words/2"):
        self.words, self.own, self.detector = words, own, detector
        self.thresholds, self.batches = {}, []

    def assess(self, text):
        return self.assess_all([text])[0]

    def assess_all(self, texts):
        self.batches.append(len(texts))
        return [self._judgement(text) for text in texts]

    def _judgement(self, text):
        hits = [(text.find(word), word, *what) for word, what in self.words.items() if word in text]
        scores = dict.fromkeys(CATEGORIES, 0.0)
        for _, __, category, score in hits:
            scores[category] = max(scores.get(category, 0.0), score)
        offensive = max(scores[category] for category in OFFENSIVE)
        found = tuple(
            Found(Finding(Category(name), "note", score, at, at + len(word), "Says a word."), self.detector)
            for at, word, name, score in hits
            if score >= 0.5
        )
        return Judgement({"offensive": offensive, **scores}, found)
