"""The process that has a live page drawn: it fetches it, starts the browser, answers it, and keeps what comes.

Started by `live_page.py` with nothing of our environment, and ended by it, browser and all, when the time is up. The
job comes in as JSON; page.png, page.warc.gz and facts.json are left in the folder that it names.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from monitor.evidence.outside import warc
from monitor.evidence.outside.browser import Browser
from monitor.evidence.outside.devtools import BrowserFailed, DevTools
from monitor.evidence.outside.egress import Egress, FetchRefused
from monitor.evidence.outside.guarded_fetch import Fetched, fetch
from monitor.evidence.outside.page_answers import LARGEST_TOGETHER, PICTURE_TYPES, PageAnswers

PNG, ARCHIVE, FACTS = "page.png", f"page{warc.SUFFIX}", "facts.json"
WIDTH = 1_280  # pixels
FIRST_HEIGHT = 1_000
TALLEST = 4_000
SETTLE = 5_000  # milliseconds of the page's own time after it has loaded; idle ones are skipped
GRACE = 2  # seconds
STOPPED = "Page.frameStoppedLoading"
TIME_SPENT = "Emulation.virtualTimeBudgetExpired"

FetchMore = Callable[[str, int], Fetched]


def main() -> None:
    """Do the job on standard input. What goes wrong is said in facts.json, as one sentence under "failed"."""
    job = json.load(sys.stdin)
    # Whoever started us ends us in time, unless it was killed itself. Without us the browser ends too.
    signal.alarm(math.ceil(job["seconds"]) + GRACE)
    out = Path(job["out"])
    try:
        facts = _capture(job, out)
    except (BrowserFailed, FetchRefused) as problem:
        facts = {"failed": str(problem)}
    except (LookupError, TypeError, ValueError, OverflowError):
        facts = {"failed": "the browser answered in a way that is not documented; no picture was kept"}
    (out / FACTS).write_text(json.dumps(facts), "ascii")


def _capture(job: Mapping[str, Any], out: Path) -> dict[str, Any]:
    pinned = {job["host"]: job["addresses"]}
    # These addresses were looked up once and checked by whoever gave us the job. No other host has any.
    egress = Egress(lambda host: pinned.get(host, []), lambda _: True, job["port"], job["ca_file"])

    without = () if job["images"] else PICTURE_TYPES

    def fetch_more(address: str, largest: int) -> Fetched:
        return fetch(address, (job["host"],), largest, job["seconds"], egress, without)

    page = fetch_more(job["url"], LARGEST_TOGETHER)
    _refuse_unless_page(page)
    with Browser(job["browser"], Path(job["profile"]), Path(job["sockets"])) as browser:
        drawing = Drawing(browser, page, fetch_more, images=job["images"])
        png = drawing.draw()
    (out / PNG).write_bytes(png)
    digest, answers = hashlib.sha256(page.body).hexdigest(), drawing.answers
    facts = {**drawing.facts, "html_sha256": digest, "ip": page.ip, "refused": answers.refused}
    try:
        now = datetime.fromisoformat(job["now"])
        (out / ARCHIVE).write_bytes(warc.page_archive(answers.used, png, now, _ids(), job["software"]))
    except warc.WarcUnavailable as problem:
        facts["no_warc"] = str(problem)
    return facts


def _refuse_unless_page(page: Fetched) -> None:
    if page.status != 200:
        raise FetchRefused(f"{page.final_host}: answered with status {page.status} to a visitor who is not signed in")
    if not page.header("content-type").strip().lower().startswith(("text/html", "application/xhtml+xml")):
        raise FetchRefused(f"{page.final_host}: the address leads to a file, not to a page")


class Drawing:
    """One page being drawn in one browser.

    Scripts run: on many networks a page holds no comment before they do. They run in the browser's sandbox, reach
    nothing but what PageAnswers hands out, and are thrown away with their page.
    """

    def __init__(self, browser: Browser, page: Fetched, fetch_more: FetchMore, *, images: bool) -> None:
        self._tools = DevTools(browser.asks, browser.answers, self._on_event)
        self._page = page
        self._seen: set[str] = set()
        product = self._tools.call("Browser.getVersion").get("product")
        self.facts: dict[str, Any] = {"browser": str(product)}
        self._attach()
        blank = self._frame()
        self._frame_id, self._empty = str(blank["id"]), str(blank["loaderId"])
        self.answers = PageAnswers(page, self._frame_id, fetch_more, images=images)

    def draw(self) -> bytes:
        """A PNG of the page as it stands once it is loaded and its scripts have run. Raises BrowserFailed."""
        self._tools.call("Page.setLifecycleEventsEnabled", {"enabled": True})
        self._tools.call("Fetch.enable", {"patterns": [{"urlPattern": "*"}]})
        self._set_height(FIRST_HEIGHT)
        if self._tools.call("Page.navigate", {"url": self._page.url}).get("errorText"):
            raise BrowserFailed("the browser could not open the page")
        # A page that tries to lead elsewhere while it loads stops loading, and is never said to be loaded.
        self._tools.wait_until(lambda: not self._seen.isdisjoint({"load", STOPPED}))
        policy = {"policy": "pauseIfNetworkFetchesPending", "budget": SETTLE}
        self._tools.call("Emulation.setVirtualTimePolicy", policy)
        self._tools.wait_until(lambda: TIME_SPENT in self._seen)
        height = int(self._tools.call("Page.getLayoutMetrics")["cssContentSize"]["height"])
        self._set_height(min(max(height, 1), TALLEST))
        self.facts["cut"] = height > TALLEST
        png = base64.b64decode(self._tools.call("Page.captureScreenshot", {"format": "png"})["data"], validate=True)
        self._refuse_unless_still_there()
        return png

    def _attach(self) -> None:
        self._tools.call("Browser.setDownloadBehavior", {"behavior": "deny"})
        target = self._tools.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = self._tools.call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        self._tools.session = str(session)
        self._tools.call("Page.enable")

    def _on_event(self, name: str, event: Mapping[str, Any]) -> None:
        if name == "Fetch.requestPaused":
            self._tools.send(*self.answers.answer(event))
        elif name == "Page.javascriptDialogOpening":
            self._tools.send("Page.handleJavaScriptDialog", {"accept": False})
        elif name == TIME_SPENT:
            self._seen.add(name)
        elif name == "Page.lifecycleEvent" and self._is_of_page(event):
            self._seen.add(str(event.get("name")))
        elif name == STOPPED and self._seen and event.get("frameId") == self._frame_id:
            self._seen.add(name)

    def _is_of_page(self, event: Mapping[str, Any]) -> bool:
        return event.get("frameId") == self._frame_id and event.get("loaderId") != self._empty

    def _refuse_unless_still_there(self) -> None:
        """A script can empty the page it is on, or lead to where there is nothing but the browser's own error."""
        frame = self._frame()
        if frame.get("unreachableUrl") or not str(frame["url"]).startswith(f"https://{self._page.final_host}/"):
            raise BrowserFailed("the page led its visitor elsewhere, so no picture of it was taken")

    def _frame(self) -> Mapping[str, Any]:
        frame: Mapping[str, Any] = self._tools.call("Page.getFrameTree")["frameTree"]["frame"]
        return frame

    def _set_height(self, height: int) -> None:
        size = {"width": WIDTH, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._tools.call("Emulation.setDeviceMetricsOverride", size)


def _ids() -> Iterator[UUID]:
    while True:
        yield uuid4()


if __name__ == "__main__":
    main()
