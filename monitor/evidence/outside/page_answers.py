"""What a page gets when its browser asks for something: our own guarded answer, or nothing.

The browser that draws a page has no network. Each request is stopped before it leaves, and answered from here: the
page itself from the bytes that were fetched once, and styles, scripts and data from the page's own host by the same
guarded fetch. So what was drawn is what is in the archive, and no other host learns that anybody looked.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from monitor.evidence.outside.egress import FetchRefused
from monitor.evidence.outside.guarded_fetch import Fetched
from monitor.evidence.outside.media import kind_of

MOST_REQUESTS = 100
LARGEST_TOGETHER = 20 << 20  # bytes of everything a page is drawn from
_NEEDED = frozenset({"Document", "Stylesheet", "Script", "Font", "XHR", "Fetch"})
PICTURE_TYPES = ("image/", "video/", "audio/")
_PICTURES = frozenset({"Image", "Media"})
_PASSED_ON = frozenset({"content-type", "content-security-policy", "access-control-allow-origin"})
_LONGEST_HEADER = 4_096

# Workers would ask past us. Pictures need a rule for the browser itself, because they can stand in the page as data.
_NO_WORKERS = "worker-src 'none'; object-src 'none'"
_NO_PICTURES = f"{_NO_WORKERS}; img-src 'none'; media-src 'none'"


class PageAnswers:
    """Answers for one page. `fetch_more(address, bytes)` fetches something else from the page's own host.

    `images`: whether pictures and films on the page may be fetched and shown. `used` is all that was handed to the
    browser, the page first; `refused` counts what was not.
    """

    def __init__(self, page: Fetched, frame: str, fetch_more: Callable[[str, int], Fetched], *, images: bool) -> None:
        self.used = [page]
        self.refused = 0
        self._frame = frame
        self._fetch_more = fetch_more
        self._images = images
        self._address: str | None = None
        self._left = LARGEST_TOGETHER - len(page.body)

    def answer(self, event: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """What to tell the browser (method, parameters) about one `Fetch.requestPaused`."""
        request, identity = event.get("request"), {"requestId": event.get("requestId")}
        found = self._found(event, request) if isinstance(request, dict) else None
        if found is None:
            self.refused += 1
            # Where a page is led elsewhere, anything but "Aborted" would put an error in its place.
            reason = "Aborted" if event.get("resourceType") == "Document" else "BlockedByClient"
            return "Fetch.failRequest", {**identity, "errorReason": reason}
        return "Fetch.fulfillRequest", {
            **identity,
            "responseCode": found.status if 200 <= found.status <= 599 else 502,
            "responseHeaders": self._headers(found),
            "body": base64.b64encode(found.body).decode("ascii"),
        }

    def _found(self, event: Mapping[str, Any], request: Mapping[str, Any]) -> Fetched | None:
        kind, address = event.get("resourceType"), str(request.get("url"))
        if request.get("method") != "GET":
            return None
        if kind == "Document" and event.get("frameId") == self._frame:
            # A page may load itself again. It may not lead to another: the archive begins with this one.
            self._address = self._address or address
            return self.used[0] if address == self._address else None
        if kind not in (_NEEDED | _PICTURES if self._images else _NEEDED) or len(self.used) > MOST_REQUESTS:
            return None
        try:
            fetched = self._fetch_more(address, self._left)
        except FetchRefused:
            return None
        # A script can draw what it fetches as data; one that is called by another name is known by its first bytes.
        if not self._images and kind_of(fetched.body) != "unknown":
            return None
        self._left -= len(fetched.body)
        self.used.append(fetched)
        return fetched

    def _headers(self, fetched: Fetched) -> list[dict[str, str]]:
        kept = [
            {"name": name, "value": value}
            for name, value in fetched.headers
            if name.lower() in _PASSED_ON
            and len(value) <= _LONGEST_HEADER
            and value.isascii()
            and value.isprintable()
        ]
        return [*kept, {"name": "Content-Security-Policy", "value": _NO_WORKERS if self._images else _NO_PICTURES}]
