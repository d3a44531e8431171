"""Takes a picture of every mail, light and dark, on a narrow and on a wide screen: `make pictures`.

They are for people to look at, in docs/mails.md. No test compares them.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "common")]

from all_mails import all_mails, page_of  # noqa: E402
from mail_browser import mail_browser  # noqa: E402

SCHEMES, WIDTHS = ("light", "dark"), (320, 600)
MOST_BYTES = 4_000_000
"""Of all pictures together."""


def take_pictures(folder, names=()):
    """A picture for each mail, scheme and width; those of mails that are no more are taken away. Returns bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    mails = {name: mail for name, mail in all_mails().items() if not names or name in names}
    wanted = {}
    with mail_browser() as browser:
        for name, mail in mails.items():
            for scheme in SCHEMES:
                for width in WIDTHS:
                    browser.show(page_of(mail), width, scheme)
                    wanted[folder / f"{name}-{scheme}-{width}.png"] = browser.picture()
    for path, picture in wanted.items():
        path.write_bytes(picture)
    if not names:
        for path in set(folder.glob("*.png")) - wanted.keys():
            path.unlink()
    return sum(path.stat().st_size for path in folder.glob("*.png"))


if __name__ == "__main__":
    total = take_pictures(ROOT / "docs" / "screenshots" / "mails", sys.argv[1:])
    print(f"{total:,} bytes of pictures, at most {MOST_BYTES:,}")  # noqa: T201
    sys.exit(total > MOST_BYTES)
