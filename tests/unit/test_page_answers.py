"""A page gets what it needs from its own host, and nothing of what other people posted as pictures."""

import base64

import pytest
from picture_samples import jpeg, png

from monitor.evidence.outside import page_answers
from monitor.evidence.outside.egress import FetchRefused
from monitor.evidence.outside.guarded_fetch import Fetched
from monitor.evidence.outside.page_answers import PageAnswers

URL = "https://page.example/post"


def fetched(body=b"x", url=URL, media_type="text/css", status=200, headers=()):
    every = (("Content-Type", media_type), *headers)
    return Fetched(status, "OK", every, body, "page.example", url, "93.184.215.14", ())


class Site:
    """Stands in for the guarded fetch: a body for each address, and a note of each that was asked for."""

    def __init__(self, **files):
        self.files = files
        self.asked = []

    def __call__(self, address, largest):
        self.asked.append(address)
        name = address.rpartition("/")[2]
        if name not in self.files:
            raise FetchRefused("not among the hosts")
        return fetched(self.files[name], address)


def asking(address=URL, kind="Document", frame="main", method="GET"):
    request = {"url": address, "method": method}
    return {"requestId": "7", "resourceType": kind, "frameId": frame, "request": request}


def answers(site=None, *, images=False, page=None):
    return PageAnswers(page or fetched(b"<p>page", media_type="text/html"), "main", site or Site(), images=images)


def served(answer):
    method, parameters = answer
    return base64.b64decode(parameters["body"]) if method == "Fetch.fulfillRequest" else None


def test_the_page_is_answered_from_the_bytes_that_were_fetched_once():
    site = Site()
    ours = answers(site)
    assert served(ours.answer(asking())) == b"<p>page"
    assert served(ours.answer(asking())) == b"<p>page"
    assert (site.asked, len(ours.used)) == ([], 1)


def test_a_page_cannot_lead_to_another():
    ours = answers(Site(other=b"other"))
    ours.answer(asking())
    method, parameters = ours.answer(asking("https://page.example/other"))
    assert (method, parameters["errorReason"]) == ("Fetch.failRequest", "Aborted")


def test_styles_scripts_data_and_frames_come_from_the_page_s_host_and_get_into_the_archive():
    ours = answers(Site(a=b"1", b=b"2", c=b"3", d=b"4"))
    ours.answer(asking())
    kinds = {"a": "Stylesheet", "b": "Script", "c": "XHR", "d": "Document"}
    for name, kind in kinds.items():
        assert served(ours.answer(asking(f"https://page.example/{name}", kind, frame="inner"))) is not None
    assert [each.body for each in ours.used] == [b"<p>page", b"1", b"2", b"3", b"4"]
    assert ours.refused == 0


@pytest.mark.parametrize("kind", ["Image", "Media", "WebSocket", "Other", "Ping", "Manifest", "Prefetch", None, 5])
def test_pictures_films_and_everything_unusual_are_not_even_asked_for(kind):
    site = Site(a=b"x")
    ours = answers(site)
    assert served(ours.answer(asking("https://page.example/a", kind))) is None
    assert (site.asked, ours.refused) == ([], 1)


def test_with_images_they_are_fetched_and_archived():
    ours = answers(Site(a=jpeg(3, 2)), images=True)
    assert served(ours.answer(asking("https://page.example/a", "Image"))) == jpeg(3, 2)
    assert len(ours.used) == 2


@pytest.mark.parametrize("body", [png(3, 2), jpeg(3, 2), b"GIF89a", b"\0\0\0\x20ftypisom"])
def test_a_picture_under_another_name_is_known_by_its_first_bytes_and_dropped(body):
    ours = answers(Site(a=body))
    assert served(ours.answer(asking("https://page.example/a", "Fetch"))) is None
    assert len(ours.used) == 1


@pytest.mark.parametrize("method", ["POST", "OPTIONS", "DELETE", "", None])
def test_only_plain_questions_are_passed_on(method):
    site = Site(a=b"x")
    assert served(answers(site).answer(asking("https://page.example/a", "XHR", method=method))) is None
    assert site.asked == []


def test_what_cannot_be_fetched_is_a_failed_request_and_not_a_failed_page():
    ours = answers(Site())
    method, parameters = ours.answer(asking("https://other.example/a", "Script"))
    assert (method, parameters["errorReason"], parameters["requestId"]) == (
        "Fetch.failRequest", "BlockedByClient", "7",
    )  # fmt: skip


@pytest.mark.parametrize("event", [{}, {"request": None}, {"request": {}}, {"request": {"method": "GET"}}])
def test_an_odd_event_is_answered_with_no(event):
    assert answers().answer(event)[0] == "Fetch.failRequest"


def test_requests_and_bytes_of_one_page_are_limited(monkeypatch):
    monkeypatch.setattr(page_answers, "MOST_REQUESTS", 3)
    monkeypatch.setattr(page_answers, "LARGEST_TOGETHER", 100)
    rooms = []

    def fetch_more(address, largest):
        rooms.append(largest)
        return fetched(b"x" * 10, address)

    ours = PageAnswers(fetched(b"y" * 60), "main", fetch_more, images=False)
    results = [served(ours.answer(asking("https://page.example/a", "Script"))) for _ in range(5)]
    assert [result is not None for result in results] == [True, True, True, False, False]
    assert rooms == [40, 30, 20]


def policies(answer):
    return [each["value"] for each in answer[1]["responseHeaders"] if each["name"] == "Content-Security-Policy"]


@pytest.mark.parametrize("images", [False, True])
def test_the_browser_is_told_to_start_no_workers_and_to_show_no_pictures(images):
    own = fetched(headers=(("Content-Security-Policy", "img-src *"),))
    theirs, ours = policies(answers(images=images, page=own).answer(asking()))
    assert theirs == "img-src *"
    assert "worker-src 'none'" in ours
    assert ("img-src 'none'" in ours) is not images


@pytest.mark.parametrize(
    "header", [("Set-Cookie", "a=b"), ("X-Odd", "x"), ("Access-Control-Allow-Origin", "a\r\nX: y"),
               ("Content-Security-Policy", "x" * 5000), ("content-security-policy", "é")],
)  # fmt: skip
def test_no_other_header_and_no_odd_one_reaches_the_browser(header):
    answer = answers(page=fetched(headers=(header,))).answer(asking())
    assert [each["name"] for each in answer[1]["responseHeaders"]] == ["Content-Type", "Content-Security-Policy"]


@pytest.mark.parametrize(("said", "passed"), [(404, 404), (200, 200), (101, 502), (999, 502)])
def test_a_status_no_browser_knows_is_made_one(said, passed):
    assert answers(page=fetched(status=said)).answer(asking())[1]["responseCode"] == passed
