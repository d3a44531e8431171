"""A real browser for our own mails: how wide they come out, how they look, whether their words can be read.

The mails are ours and load nothing, so it runs without its sandbox where it has to run as root.
"""

import base64
import fcntl
import json
import os
import struct
import subprocess
import tempfile
import zlib
from contextlib import contextmanager

from monitor.evidence.outside.browser import find_browser
from monitor.evidence.outside.devtools import DevTools

COLOURS = 48
"""A picture of a mail is text on one ground: more colours cost space and show nothing."""
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
    "about:blank",
)

_REDUCE = """(async () => {
  const picture = new Image(); picture.src = 'data:image/png;base64,' + %s; await picture.decode();
  const canvas = document.createElement('canvas');
  canvas.width = picture.width; canvas.height = picture.height;
  const pen = canvas.getContext('2d'); pen.drawImage(picture, 0, 0);
  const bytes = pen.getImageData(0, 0, canvas.width, canvas.height).data, often = new Map();
  for (let i = 0; i < bytes.length; i += 4) {
    const colour = bytes[i] << 16 | bytes[i + 1] << 8 | bytes[i + 2];
    often.set(colour, (often.get(colour) || 0) + 1);
  }
  const away = (one, other) =>
    [16, 8, 0].reduce((sum, shift) => sum + ((one >> shift & 255) - (other >> shift & 255)) ** 2, 0);
  const all = [...often].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(each => each[0]);
  // The commonest first; then, so that a rare colour stays what it is, whatever is furthest from those taken.
  const palette = all.slice(0, %d / 2), nearest = new Map(), far = new Map();
  for (const colour of all) far.set(colour, Math.min(...palette.map(other => away(colour, other))));
  while (palette.length < %d && palette.length < all.length) {
    const next = all.reduce((best, colour) => far.get(colour) > far.get(best) ? colour : best);
    palette.push(next);
    for (const colour of all) far.set(colour, Math.min(far.get(colour), away(colour, next)));
  }
  for (const colour of all)
    nearest.set(colour, palette.reduce(
      (best, other, at) => away(colour, other) < away(colour, palette[best]) ? at : best, 0));
  const places = new Uint8Array(bytes.length / 4);
  for (let i = 0; i < places.length; i++)
    places[i] = nearest.get(bytes[4 * i] << 16 | bytes[4 * i + 1] << 8 | bytes[4 * i + 2]);
  let text = '';
  for (let i = 0; i < places.length; i += 8192) text += String.fromCharCode(...places.subarray(i, i + 8192));
  return JSON.stringify({width: canvas.width, height: canvas.height, palette, places: btoa(text)});
})()"""

_CONTRASTS = """(() => {
  const parse = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    if (!walk.currentNode.data.trim()) continue;
    const box = walk.currentNode.parentElement;
    let ground = %s;
    for (let above = box; above; above = above.parentElement) {
      const own = parse(getComputedStyle(above).backgroundColor);
      if (own.length < 4 || own[3] > 0) { ground = own; break; }
    }
    const both = [light(parse(getComputedStyle(box).color)), light(ground)].sort((a, b) => b - a);
    found.push([walk.currentNode.data.trim().slice(0, 40), (both[0] + 0.05) / (both[1] + 0.05),
                parseFloat(getComputedStyle(box).fontSize)]);
  }
  return JSON.stringify(found);
})()"""


class MailBrowser:
    """One browser with one page. `show` first, then ask."""

    def __init__(self, asks, answers):
        self._tools = DevTools(asks, answers, lambda *_: None)
        target = self._tools.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        attached = self._tools.call("Target.attachToTarget", {"targetId": target, "flatten": True})
        self._tools.session = attached["sessionId"]
        self._frame = self._tools.call("Page.getFrameTree")["frameTree"]["frame"]["id"]

    def show(self, page, width, scheme):
        """Put a page of HTML on a screen of this width, with the reader's taste "light" or "dark"."""
        scheme_wanted = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        self._tools.call("Emulation.setEmulatedMedia", scheme_wanted)
        size = {"width": width, "height": 100, "deviceScaleFactor": 1, "mobile": True}
        self._tools.call("Emulation.setDeviceMetricsOverride", size)
        self._tools.call("Page.setDocumentContent", {"frameId": self._frame, "html": page})

    def width(self):
        """How wide the page comes out; more than the screen: one would have to scroll sideways."""
        return self._tell("document.documentElement.scrollWidth")

    def contrasts(self, ground):
        """(words, contrast with what is behind them, size of letters) of everything that is written.

        `ground`: red, green and blue of a screen where the page says nothing of its own.
        """
        return json.loads(self._tell(_CONTRASTS % json.dumps(ground)))

    def picture(self):
        """The whole page as a small PNG."""
        height = self._tell("Math.ceil(document.documentElement.getBoundingClientRect().height)")
        width = self._tell("innerWidth")
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        wanted = {"format": "png", "captureBeyondViewport": True, "clip": clip}
        shot = self._tools.call("Page.captureScreenshot", wanted)["data"]
        return _png(json.loads(self._tell(_REDUCE % (json.dumps(shot), COLOURS, COLOURS))))

    def _tell(self, expression):
        wanted = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        return self._tools.call("Runtime.evaluate", wanted)["result"]["value"]


@contextmanager
def mail_browser(program=None):
    """A browser that ends with the block."""
    reads, asks = _pipe()
    answers, writes = _pipe()
    with tempfile.TemporaryDirectory(prefix="mail-browser-", ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [str(program or find_browser()), f"--user-data-dir={profile}", *FLAGS],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(3, 4),
            preexec_fn=lambda: (os.dup2(reads, 3), os.dup2(writes, 4)),
        )
        os.close(reads)
        os.close(writes)
        try:
            yield MailBrowser(asks, answers)
        finally:
            os.close(asks)
            os.close(answers)
            process.kill()
            process.wait()


def _pipe():
    """Reading and writing end, out of the way of 3 and 4, where the browser looks for its own."""
    moved = []
    for end in os.pipe():
        moved.append(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10))
        os.close(end)
    return moved


def _png(reduced):
    width, height = reduced["width"], reduced["height"]
    places = base64.b64decode(reduced["places"])
    rows = b"".join(b"\0" + places[at : at + width] for at in range(0, width * height, width))
    palette = b"".join(colour.to_bytes(3, "big") for colour in reduced["palette"])
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"PLTE", palette), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, chunks))


def _chunk(named):
    name, content = named
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
