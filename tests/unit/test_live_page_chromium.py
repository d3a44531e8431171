"""Against the real browser: a page is drawn with its words, without other people's pictures, and reaches nobody."""

import base64
import socket
from contextlib import suppress
from io import BytesIO

import pytest
from https_stand_in import make_certificates, stand_in
from live_page_desk import all_end, capture, failure, open_ground, page_of
from warcio.archiveiterator import ArchiveIterator

from monitor.evidence.outside.browser import find_browser
from monitor.evidence.outside.live_page import TALLEST, LivePageFailed

CHROMIUM = find_browser()
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed on this machine")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def ground():
    with open_ground() as folder:
        yield folder


def drawn(server, folder, **options):
    """A page drawn by the real browser, where its sandbox works."""
    try:
        return capture(server, CHROMIUM, folder, seconds=60, **options)
    except LivePageFailed as problem:
        if "sandbox" in str(problem):
            pytest.skip(str(problem))
        raise


def test_a_folder_with_a_long_name_stops_no_browser(certificates, ground):
    with stand_in(page_of(), certificates) as server:
        (ground / ("long" * 40)).mkdir(mode=0o711)
        assert drawn(server, ground / ("long" * 40)).height > 0


RED_DOT = (
    "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL"
    "0Y4OHwAAAABJRU5ErkJggg=="
)
RICH = f"""<!doctype html><meta charset=utf-8><title>Post</title><link rel=stylesheet href=/style>
<p id=p>Clowns, all of them.</p><img id=file src=/picture><img id=inline src="data:image/png;base64,{RED_DOT}">
<canvas id=c></canvas><script src=/script></script><script>
alert('who is there?');
const report = (name, value) => fetch('/report?' + name + '=' + value);
const painted = fetch('/picture').then(r => r.blob()).then(createImageBitmap);
painted.then(() => report('painted', 1), () => report('painted', 0));
fetch('/data').then(r => r.text()).then(t => {{ p.textContent = t }});
setTimeout(() => {{
  report('file', file.naturalWidth); report('inline', inline.naturalWidth);
  report('colour', getComputedStyle(p).color.replaceAll(' ', '')); report('words', p.textContent);
  document.body.style.height = '9000px';
}}, 3000);
</script>""".encode()
FILES = {
    "style": (b"p { color: rgb(1, 2, 3) }", "text/css"),
    "script": (b"report('script', 1)", "text/javascript"),
    "data": (b"loaded", "text/plain"),
    "picture": (base64.b64decode(RED_DOT), "image/png"),
    "report": (b"", "text/plain"),
}


def reports(server):
    asked = [head.split(" ")[1] for head in server.heads]
    return dict(each.partition("?")[2].split("=") for each in asked if each.startswith("/report?"))


def test_a_real_page_is_drawn_with_styles_and_scripts_but_without_a_single_picture(certificates, ground):
    with stand_in(page_of(RICH, **{**FILES, "script": (b"", "text/javascript")}), certificates) as server:
        live = drawn(server, ground)
    assert reports(server) == {"painted": "0", "file": "0", "inline": "0", "colour": "rgb(1,2,3)", "words": "loaded"}
    assert (live.width, live.height, live.cut) == (1280, TALLEST, True)
    assert server.looked_up == ["page.example"]
    kept = [record.rec_headers.get_header("WARC-Target-URI") or "" for record in ArchiveIterator(BytesIO(live.warc))]
    assert "https://page.example/style" in kept
    assert not any(address.endswith("/picture") for address in kept)
    assert b"canary" not in b"".join(record.raw_stream.read() for record in ArchiveIterator(BytesIO(live.warc)))


def test_with_images_the_pictures_of_the_page_are_fetched_shown_and_archived(certificates, ground):
    with stand_in(page_of(RICH, **{**FILES, "script": (b"", "text/javascript")}), certificates) as server:
        live = drawn(server, ground, images=True)
    assert reports(server) == {"painted": "1", "file": "5", "inline": "5", "colour": "rgb(1,2,3)", "words": "loaded"}
    assert live.images


class Listeners:
    """A TCP and a UDP port on loopback, and how often anybody came."""

    def __init__(self):
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.tcp.close()
        self.udp.close()

    def came(self):
        found = 0
        for each, take in ((self.tcp, lambda: self.tcp.accept()[0].close()), (self.udp, lambda: self.udp.recv(2048))):
            each.setblocking(False)
            with suppress(BlockingIOError):
                take()
                found += 1
        return found


REACHING_OUT = """<!doctype html><meta charset=utf-8><title>Post</title>
<link rel=preconnect href=https://127.0.0.1:{tcp}><link rel=prefetch href=https://127.0.0.1:{tcp}/a>
<link rel=stylesheet href=http://127.0.0.1:{tcp}/b><script src=https://localhost:{tcp}/c></script>
<iframe src=https://127.0.0.1:{tcp}/d></iframe><iframe src=file:///etc/passwd></iframe><img src=http://[::1]:{tcp}/e>
<iframe srcdoc="<img src=https://127.0.0.1:{tcp}/f>"></iframe><object data=https://127.0.0.1:{tcp}/g></object>
<form id=f action=http://127.0.0.1:{tcp}/h method=post></form>
<script>
const quietly = act => {{ try {{ Promise.resolve(act()).catch(() => 0) }} catch (e) {{ }} }};
quietly(() => fetch('https://127.0.0.1:{tcp}/i', {{mode: 'no-cors'}}));
quietly(() => navigator.sendBeacon('http://127.0.0.1:{tcp}/j', 'x'));
quietly(() => new WebSocket('ws://127.0.0.1:{tcp}/k'));
quietly(() => new WebSocket('wss://page.example:{tcp}/l'));
quietly(() => new EventSource('http://127.0.0.1:{tcp}/m'));
quietly(() => new WebTransport('https://127.0.0.1:{udp}/n'));
quietly(() => window.open('http://127.0.0.1:{tcp}/o'));
quietly(() => navigator.serviceWorker.register('/worker'));
quietly(() => new Worker('/worker'));
quietly(() => new Worker(URL.createObjectURL(new Blob(["fetch('http://127.0.0.1:{tcp}/p')"]))));
quietly(() => {{
  const peer = new RTCPeerConnection({{iceServers: [{{urls: 'stun:127.0.0.1:{udp}'}}]}});
  peer.createDataChannel('x');
  return peer.createOffer().then(offer => peer.setLocalDescription(offer));
}});
quietly(() => f.submit());
setTimeout(() => {{ location = 'http://127.0.0.1:{tcp}/q' }}, 1000);
setTimeout(() => fetch('/report?done=1'), 4000);
</script>"""


def test_a_hostile_page_reaches_nobody_at_all(certificates, ground):
    files = {"report": (b"", "text/plain"), "worker": (b"", "text/javascript")}
    with Listeners() as others:
        html = REACHING_OUT.format(tcp=others.tcp.getsockname()[1], udp=others.udp.getsockname()[1]).encode()
        with stand_in(page_of(html, **files), certificates) as server:
            live = drawn(server, ground)
        assert others.came() == 0
    assert reports(server) == {"done": "1"}
    assert {head.split(" ")[1].partition("?")[0] for head in server.heads} == {"/post", "/report"}
    assert live.refused >= 8


def test_a_page_that_never_rests_is_given_up_at_the_time_limit(certificates, ground):
    with stand_in(page_of(b"<script>for (;;) alert(1)</script>"), certificates) as server:
        said = failure(server, CHROMIUM, ground, seconds=3)
    assert "not drawn within 3 seconds" in said or "sandbox" in said
    assert all_end(bytes(ground))
