"""The process in which typst draws hostile text: limited in time and memory before typst is even there.

Started as a file of its own and without the daemon's environment; it imports nothing of ours, because every import
would cost each card time and memory.
"""

from __future__ import annotations

import resource
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

PIXELS_PER_INCH = 96
MOST_PIXELS_HIGH = 9000
"""A picture is one page as tall as its content; a font of the machine may have letters larger than any line."""
HEIGHT_IN_PNG = slice(20, 24)
"""Height in the header, big-endian (W3C PNG, 11.2.2)."""


class TooTall(Exception):
    """The picture is higher than anybody would look at."""


def limit(seconds: int, data: int) -> None:
    """Bound this process: seconds of work, and bytes of memory that it may fill. No core file: it would hold words
    of the comment. Where RLIMIT_DATA counts only part of the memory (not on Linux), the bound is as much weaker."""
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_DATA, data),
    ):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def draw(template: str, contents: list[str]) -> tuple[bytes, bytes]:
    """PDF and PNG of the first of `contents` (JSON) that the fonts at hand can draw.

    Raises typst.TypstError or TooTall when the last of them cannot be drawn either.
    """
    # Here and not above: the limits come first, and whoever only asks for a constant loads no 80 MB library.
    import typst

    # The fonts of the machine are looked through once for all that is drawn.
    compiler = typst.Compiler(template, font_paths=typst.Fonts())
    *hopeful, last = contents
    for content in hopeful:
        with suppress(typst.TypstError, TooTall):
            return _compile(compiler, content)
    return _compile(compiler, last)


def _compile(compiler: Any, content: str) -> tuple[bytes, bytes]:
    pdf = compiler.compile(format="pdf", pdf_standards="ua-1", sys_inputs={"card": content, "page": "a4"})
    png = compiler.compile(format="png", ppi=PIXELS_PER_INCH, sys_inputs={"card": content, "page": "long"})
    if int.from_bytes(png[HEIGHT_IN_PNG], "big") > MOST_PIXELS_HIGH:
        raise TooTall
    return pdf, png


def main(arguments: list[str]) -> None:
    """Draw card.pdf and card.png into the folder we stand in.

    `arguments`: seconds, bytes, folder that typst lies in, template, and files of content in that folder.
    """
    seconds, data, library, template, *contents = arguments
    limit(int(seconds), int(data))
    sys.path.append(library)
    pdf, png = draw(template, [Path(content).read_text("ascii") for content in contents])
    Path("card.pdf").write_bytes(pdf)
    Path("card.png").write_bytes(png)


if __name__ == "__main__":
    main(sys.argv[1:])
