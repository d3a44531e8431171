"""The one report on how well the shipped judge judges: `make judge`.

    python -m monitor.language.training.report [--data FOLDER] [--models full] [--out FILE]

It reads only what was never trained or tuned on: the `test` part of the public sets in `--data` (by default
$SCHOOL_MONITOR_SHARED/data/classify; without it those lines are left out, saying so) and the unseen lines.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from monitor.language.finding import CERTAIN_ENOUGH
from monitor.language.judging import Judge
from monitor.language.training.disguises import DISGUISES
from monitor.language.training.examples import BENIGN, GENERAL, SPAM_SETS, Example, examples
from monitor.language.training.figures import macro_f1, precision_recall_f1, roc_area, share
from monitor.language.training.heads import HEADS

SCHOOL = "unseen_school"
OURS = (SCHOOL, "unseen_spam")
FUNCTIONAL = ("unseen_functional", "unseen_functional_identity")
MOST_DISGUISED = 400
_SAFEGUARDING = ("threat", "self_harm", "grooming")


class Judged:
    """Examples with the scores the judge gave them."""

    def __init__(self, rows: Sequence[Example], judge: Judge) -> None:
        self.rows = list(rows)
        self.scores = score_all([row.text for row in self.rows], judge)

    def where(self, *sources: str, group: str = "") -> NDArray[np.int64]:
        """Rows of these sources, and of groups that begin so."""
        return np.array(
            [at for at, row in enumerate(self.rows) if row.source in sources and row.group.startswith(group)],
            np.int64,
        )

    def truth(self, rows: NDArray[np.int64], head: str) -> NDArray[np.bool_]:
        """Whether the head holds, by the labels."""
        return np.array([head in self.rows[at].labels for at in rows], bool)

    def known(self, rows: NDArray[np.int64], head: str) -> NDArray[np.int64]:
        """Those rows that say anything about the head."""
        return np.array([at for at in rows if head in self.rows[at].known], np.int64)

    def said(self, rows: NDArray[np.int64], head: str) -> NDArray[np.bool_]:
        """Whether the judge flags it."""
        return np.asarray(self.scores[rows, HEADS.index(head)] >= CERTAIN_ENOUGH)


def score_all(texts: Sequence[str], judge: Judge) -> NDArray[np.float64]:
    """One row a text, one column a head of HEADS."""
    scores = np.zeros((len(texts), len(HEADS)))
    for at in range(0, len(texts), 256):
        for row, judgement in enumerate(judge.assess_all(texts[at : at + 256]), start=at):
            scores[row] = [judgement.scores[head] for head in HEADS]
    return scores


def report(rows: Sequence[Example], judge: Judge) -> Iterator[str]:
    """The lines of the report."""
    judged = Judged([row for row in rows if row.part == "test"], judge)
    yield from _general(judged)
    yield from _benign(judged)
    yield from _school(judged)
    yield from _functional(judged)
    yield from _disguised(judged, judge)
    yield from _spam(judged)


def _general(judged: Judged) -> Iterator[str]:
    yield "offensive, general sets (macro-F1, ROC area, n)"
    figures = []
    for source in (*GENERAL, SCHOOL):
        rows = judged.known(judged.where(source), "offensive")
        if len(rows):
            truth, said = judged.truth(rows, "offensive"), judged.said(rows, "offensive")
            figures.append(macro_f1(truth, said))
            area = roc_area(truth, judged.scores[rows, HEADS.index("offensive")])
            yield f"  {source:16} {figures[-1]:.3f}  {area:.3f}  {len(rows)}"
    yield f"  mean             {np.mean(figures):.3f}   (target 0.80)"


def _benign(judged: Judged) -> Iterator[str]:
    rows = judged.where(*BENIGN)
    rows = rows[[judged.rows[at].known >= {"offensive"} and "offensive" not in judged.rows[at].labels for at in rows]]
    yield f"false alarms, pooled benign   {share(judged.said(rows, 'offensive')):.2%} of {len(rows)}   (target 0.6 %)"
    for source in BENIGN:
        some = np.array([at for at in rows if judged.rows[at].source == source], np.int64)
        yield f"  {source:16} {share(judged.said(some, 'offensive')):.2%} of {len(some)}"
    school = judged.where(SCHOOL)
    school = school[~judged.truth(school, "offensive")]
    none = np.array([at for at in school if not judged.rows[at].labels], np.int64)
    said = judged.said(school, "offensive")
    yield f"false alarms, school lines    {share(said):.2%} of {len(school)}   (target 3 %)"
    yield f"  lines without any category  {share(judged.said(none, 'offensive')):.2%} of {len(none)} offensive"


def _school(judged: Judged) -> Iterator[str]:
    rows = judged.where(SCHOOL)
    yield f"school lines, unseen ({len(rows)})   precision, recall, F1"
    f1s = {}
    for head in HEADS:
        figures = precision_recall_f1(judged.truth(rows, head), judged.said(rows, head))
        f1s[head] = figures[2]
        note = "   (recall target 0.80)" if head in _SAFEGUARDING else ""
        yield f"  {head:16} {figures[0]:.3f}  {figures[1]:.3f}  {figures[2]:.3f}{note}"
    fourteen = [value for head, value in f1s.items() if head not in {"offensive", "takedown_request"}]
    yield f"  macro-F1 of 14   {np.mean(fourteen):.3f}   (target 0.75), and of offensive 0.85"


def _functional(judged: Judged) -> Iterator[str]:
    hateful, fine = judged.where(*FUNCTIONAL, group="hateful"), judged.where(*FUNCTIONAL, group="pass")
    caught, passed = share(judged.said(hateful, "offensive")), share(~judged.said(fine, "offensive"))
    yield f"functional, hateful caught    {caught:.3f} of {len(hateful)}   (target 0.80)"
    yield f"functional, must pass         {passed:.3f} of {len(fine)}   (target 0.70)"
    alarms = {}
    for group in sorted({judged.rows[at].group for at in (*hateful, *fine)}):
        rows = np.array([at for at in (*hateful, *fine) if judged.rows[at].group == group], np.int64)
        alarms[group] = share(judged.said(rows, "offensive"))
        yield f"  {group:32} flagged {alarms[group]:.2f} of {len(rows)}"
    by_identity = {group: alarm for group, alarm in alarms.items() if group.startswith("pass:identity:")}
    if by_identity:
        mean, worst = (
            float(np.mean(list(by_identity.values()))),
            max(by_identity, key=lambda group: by_identity[group]),
        )
        yield f"identity groups, false alarms: mean {mean:.2%}, highest {by_identity[worst]:.2%} ({worst})"
        yield "  (target: at most 2 points above the mean)"


def _disguised(judged: Judged, judge: Judge) -> Iterator[str]:
    rows = judged.where(SCHOOL, *GENERAL)
    caught = rows[judged.truth(rows, "offensive") & judged.said(rows, "offensive")]
    caught = caught[:: max(1, len(caught) // MOST_DISGUISED)]
    texts = [judged.rows[at].text for at in caught]
    yield f"disguised, still caught (of {len(texts)} caught clean)   (target 0.93)"
    shares = []
    for name, disguise in DISGUISES.items():
        scores = score_all([disguise(text) for text in texts], judge)
        shares.append(share(scores[:, HEADS.index("offensive")] >= CERTAIN_ENOUGH))
        yield f"  {name:16} {shares[-1]:.3f}"
    yield f"  mean             {np.mean(shares):.3f}"


def _spam(judged: Judged) -> Iterator[str]:
    yield "spam: precision, recall, F1"
    f1s = []
    for source in (*SPAM_SETS, *OURS):
        rows = judged.known(judged.where(source), "spam")
        if len(rows):
            truth = judged.truth(rows, "spam")
            figures = precision_recall_f1(truth, judged.said(rows, "spam"))
            f1s.append(figures[2])
            words = "{:.3f}  {:.3f}  {:.3f}".format(*figures)
            yield f"  {source:16} {words}   ({truth.sum()} of {len(rows)})"
    yield f"  mean                           {np.mean(f1s):.3f}   (target 0.95)"


def main() -> None:
    """Print the report, or write it to a file."""
    shared = os.environ.get("SCHOOL_MONITOR_SHARED")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(shared) / "data" / "classify" if shared else None)
    parser.add_argument("--models", choices=["full", "fast", "none"], default="full")
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    lines = list(report(list(examples(args.data)), Judge(models=args.models)))
    if args.data is None:
        lines.insert(0, "SCHOOL_MONITOR_SHARED is not set: only the lines written for this project are judged.")
    text = "\n".join(lines) + "\n"
    if args.out:
        args.out.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
