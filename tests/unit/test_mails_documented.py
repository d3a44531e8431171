"""docs/mails.md names every kind of mail, and its pictures are there and small."""

import re
from pathlib import Path

import alerts

ROOT = Path(alerts.__file__).parents[1]
PAGE = (ROOT / "docs" / "mails.md").read_text()
PICTURES = ROOT / "docs" / "screenshots" / "mails"


def test_every_kind_of_mail_is_named():
    kinds = {path.parent.name for path in (ROOT / "alerts" / "templates").glob("*/subject.txt")} - {"governors"}
    assert {kind for kind in kinds if f"`{kind}`" not in PAGE} == set()


def test_every_picture_it_shows_is_there():
    shown = re.findall(r"!\[([^\]]*)\]\((screenshots/[^)]+)\)", PAGE)
    assert len(shown) > 10
    assert [path for said, path in shown if not said or not (ROOT / "docs" / path).is_file()] == []


def test_there_is_a_picture_of_each_for_both_schemes_and_widths_and_all_are_small():
    names = {path.name for path in PICTURES.glob("*.png")}
    mails = {re.sub(r"-(light|dark)-\d+\.png$", "", name) for name in names}
    assert names == {
        f"{m}-{scheme}-{width}.png" for m in mails for scheme in ("light", "dark") for width in (320, 600)
    }
    assert sum(path.stat().st_size for path in PICTURES.glob("*.png")) < 4_000_000
