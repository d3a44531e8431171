"""What judging costs, one by one and in batches, beside two well-known judges. Run with `make bench`."""

import importlib
import random
import subprocess
import sys
import time
from pathlib import Path

from monitor.language.judging import Judge
from monitor.language.tags import tags_of
from monitor.language.training.written_lines import TRAINING, written_lines

COMMENTS = [
    "Lovely afternoon, thank you to all the staff",
    "What time does the fair start, and can siblings come along?",
    "Three weeks and still no reply about the coat my daughter lost at breakfast club.",
    "this is sh*t, you are run by clowns and i know where u live",
    "Well done year 4, the Romans assembly was fantastic and the costumes were even better. So proud of you all!",
    "Does anyone know if the 147 bus is still running after half term?",
    "Thanks Mrs Cockburn for a brilliant trip to Scunthorpe, the kids haven't stopped talking about it",
    "My number is 07700 900123, please ring about the place in reception",
]
LONGEST = 100_000  # characters
PIECES = {
    "words": "the cat sat on a mat ", "masked": "f**k ", "spaced": "f ", "hidden": "\u200b", "one word": "a",
    "phone numbers": "07700 900123 ", "emoji": "🤡", "addresses": "http://a.b/ ", "capitals": "YOU ",
}  # fmt: skip


def bench_one_comment_and_many():
    many = [f"{comment} {number}" for number in range(60) for comment in COMMENTS]
    say()
    for kind in ("none", "fast", "full"):
        judge = Judge(models=kind)
        started = time.perf_counter()
        judge.assess("warm up")
        loading = time.perf_counter() - started
        judge.assess_all(many[:50])
        single = best_of(3, lambda judge=judge: [judge.assess(text) for text in many[:120]]) / 120
        batch = best_of(
            3, lambda judge=judge: [judge.assess_all(many[at : at + 64]) for at in range(0, len(many), 64)]
        )
        say(
            f"models {kind}: first use {loading:.2f} s, one comment {single * 1e3:.2f} ms, "
            f"in batches {len(many) / batch:,.0f} a second"
        )
    tagging = best_of(3, lambda: [tags_of(text) for text in many]) / len(many)
    say(f"tags: {tagging * 1e6:.0f} microseconds a comment")


def bench_comments_never_met_before():
    """The same comments again and again flatter: words and turns of phrase that were met before cost less.

    In a process of its own, because what any judge has met all others know.
    """
    program = "from bench_judging import say_what_the_never_met_cost; say_what_the_never_met_cost()"
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parent)


def say_what_the_never_met_cost():
    # Without what was written for spam alone: of such a mixture a third would be adverts.
    written = [line for line in written_lines(TRAINING) if "_spam" not in line.file]
    lines = [line.text for line in written if 40 <= len(line.text) <= 300]
    random.Random(1).shuffle(lines)
    judge = Judge(models="fast")
    pages = [lines[at : at + 64] for at in range(0, 9000, 64)]
    each(judge, pages[:94])
    say(f"models fast, comments never met before: {in_a_second(judge, pages[94:]):,.0f} a second")
    say(f"models fast, the same once more: {in_a_second(judge, pages[94:]):,.0f} a second")


def in_a_second(judge, pages):
    return sum(map(len, pages)) / best_of(1, lambda: each(judge, pages))


def each(judge, pages):
    for page in pages:
        judge.assess_all(page)


def bench_cost_grows_with_the_length_only():
    for kind in ("fast", "full"):
        judge = Judge(models=kind)
        for name, piece in PIECES.items():
            eighth, whole = (cost_of(judge, (piece * LONGEST)[:length]) for length in (LONGEST // 8, LONGEST))
            say(
                f"{kind}, {LONGEST:,} characters of {name}: {whole:.2f} s, {whole / eighth:.1f} times an eighth of it"
            )


def cost_of(judge, text):
    return best_of(2, lambda: judge.assess(text))


def bench_memory():
    # Not ru_maxrss: a child inherits its parent's peak.
    program = (
        "from pathlib import Path; from monitor.language.judging import Judge; Judge().assess('warm up');"
        "print(int(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0]) // 1024)"
    )
    used = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()
    say(f"a process that judges with both models: {used} MiB")


def bench_peers():
    """Installed by `pip install -e '.[peers]'`; left out, saying so, where they are not."""
    for module, predict in (("profanity_check", "predict_prob"), ("better_profanity", "profanity")):
        try:
            peer = importlib.import_module(module)
        except ImportError:
            say(f"{module}: not installed, so not compared")
            continue
        ask = peer.predict_prob if predict == "predict_prob" else lambda texts, peer=peer: [
            peer.profanity.contains_profanity(text) for text in texts
        ]  # fmt: skip
        ask(COMMENTS)
        single = best_of(2, lambda ask=ask: [ask([text]) for text in COMMENTS]) / len(COMMENTS)
        batch = best_of(2, lambda ask=ask: ask(COMMENTS * 8)) / (len(COMMENTS) * 8)
        say(f"{module}: one comment {single * 1e3:.2f} ms, in batches {1 / batch:,.0f} a second")


def say(words=""):
    print(words)


def best_of(times, work):
    took = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        took.append(time.perf_counter() - started)
    return min(took)
