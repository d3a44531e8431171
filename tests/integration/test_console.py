"""The page on which somebody stops their digest: looking changes nothing, and only who has the link can act."""

import logging
import threading

import pytest
from alert_desk import ALI, BEVAN, MORE_PEOPLE, with_people
from desk import Desk

from monitor.console.app import StopPage, create_app
from monitor.console.pace import ASKS, WINDOW, Pace
from monitor.digest_stops import DigestStops
from monitor.stop_links import StopLinks
from monitor.store.stop_tables import DigestStop

CECIL = "cecil@oakfield.example"
THIRD = '\n[[people]]\nname = "Mr Cecil"\nemail = "cecil@oakfield.example"\nroles = ["moderator"]\n'
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


class Visit:
    """The pages of one school, and the links of its people."""

    def __init__(self, desk, prefix="", proxies=0):
        self.desk, self.ticks = desk, 0.0
        self.links = StopLinks(desk.settings.stop_key, "oakfield")
        self.stops = DigestStops(desk.store, desk.app.school, ("facebook",))
        page = StopPage(self.stops, self.links, desk.clock)
        pace = Pace(lambda: self.ticks)
        self.app = create_app(page, pace, "Oakfield <b>Primary</b> School", prefix, proxies)
        self.http = self.app.test_client()

    def at(self, person=CECIL):
        return f"/unsubscribe/{self.links.token(person)}"

    def stopped(self):
        return {each.address for each in self.desk.all_of(DigestStop)}


@pytest.fixture
def visit(desk):
    return Visit(with_people(desk, more=MORE_PEOPLE + THIRD))


def test_opening_the_link_changes_nothing_however_often(visit):
    for method in (visit.http.get, visit.http.head, visit.http.get, visit.http.options):
        assert method(visit.at()).status_code in {200, 405}
    assert visit.stopped() == set()
    assert "Stop your morning digest?" in visit.http.get(visit.at()).text


def test_one_click_of_a_mail_program_stops_it(visit):
    answer = visit.http.post(visit.at(), data=ONE_CLICK)
    assert (answer.status_code, visit.stopped()) == (200, {CECIL})
    assert visit.http.post(visit.at(), data=ONE_CLICK).status_code == 200
    assert visit.stopped() == {CECIL}


def test_one_click_may_come_as_a_form_of_several_parts(visit):
    sent = visit.http.post(visit.at(), data=ONE_CLICK, content_type="multipart/form-data")
    assert (sent.status_code, visit.stopped()) == (200, {CECIL})


def test_the_button_stops_it_and_starts_it_again(visit):
    token = visit.links.token(CECIL)
    assert "You get no more morning digest" in visit.http.post(visit.at(), data={"token": token, "do": "stop"}).text
    assert visit.stopped() == {CECIL}
    assert "Get the digest again" in visit.http.get(visit.at()).text
    assert "again" in visit.http.post(visit.at(), data={"token": token, "do": "start"}).text
    assert visit.stopped() == set()


@pytest.mark.parametrize(
    "body",
    [{}, {"do": "stop"}, {"do": "stop", "token": "x"}, {"List-Unsubscribe": "one-click"}, {"List-Unsubscribe": ""},
     {"do": "stop", "token": "é"}],
)  # fmt: skip
def test_any_other_body_changes_nothing(visit, body):
    assert visit.http.post(visit.at(), data=body).status_code == 400
    assert visit.stopped() == set()


def test_the_form_of_one_person_does_nothing_for_another(visit):
    other = visit.links.token(ALI)
    assert visit.http.post(visit.at(), data={"token": other, "do": "stop"}).status_code == 400
    assert visit.stopped() == set()


def test_the_last_two_are_told_whom_to_ask(visit):
    visit.http.post(visit.at(), data=ONE_CLICK)
    for person in (ALI, BEVAN):
        answer = visit.http.post(visit.at(person), data=ONE_CLICK)
        assert answer.status_code == 409
        assert "last two" in answer.text
        assert "headteacher" in answer.text
    assert visit.stopped() == {CECIL}


@pytest.mark.parametrize(
    "path",
    ["/unsubscribe/x", "/unsubscribe/" + "A" * 43, "/unsubscribe/" + "%F0%9F%98%80" * 9, "/", "/unsubscribe/",
     "/unsubscribe/a/b", "/static/../app.py", "/admin"],
)  # fmt: skip
def test_whatever_is_not_a_link_of_ours_gets_one_and_the_same_page(visit, path):
    known = visit.http.get("/nowhere")
    for answer in (visit.http.get(path), visit.http.post(path, data=ONE_CLICK)):
        assert answer.status_code in {404, 405}
    assert visit.http.get(path).data == known.data
    assert visit.stopped() == set()


def test_a_technician_and_a_stranger_have_no_page(visit):
    assert visit.http.get(visit.at("stranger@elsewhere.example")).data == visit.http.get("/nowhere").data


def test_of_two_who_ask_at_the_same_moment_one_is_refused(tmp_path):
    more = MORE_PEOPLE + THIRD
    desk = with_people(Desk(tmp_path), more=more)
    visit, answers = Visit(desk), []
    gate = threading.Barrier(3)

    def ask(person):
        gate.wait()
        answers.append(visit.app.test_client().post(visit.at(person), data=ONE_CLICK).status_code)

    threads = [threading.Thread(target=ask, args=(person,)) for person in (ALI, BEVAN, CECIL)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(answers) == [200, 409, 409]
    assert len(visit.stopped()) == 1
    desk.close()


@pytest.mark.parametrize("path", [None, "/nowhere", "/static/console.css"])
def test_every_answer_is_guarded_and_kept_nowhere(visit, path):
    with visit.http.get(path or visit.at()) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in headers


def test_the_page_is_whole_escaped_and_asks_nobody_else(visit):
    text = visit.http.get(visit.at()).text
    assert 'lang="en-GB"' in text
    assert "Oakfield &lt;b&gt;Primary&lt;/b&gt; School" in text
    assert "<script" not in text
    assert "http" not in text
    assert "style=" not in text
    assert CECIL not in text
    assert "Cecil" not in text


def test_too_large_a_body_is_not_read(visit):
    answer = visit.http.post(visit.at(), data={"do": "x" * 10_000})
    assert (answer.status_code, visit.stopped()) == (413, set())


def test_whoever_asks_too_often_waits_a_minute(visit):
    answers = [visit.http.get("/nowhere").status_code for _ in range(ASKS + 1)]
    assert answers == [404] * ASKS + [429]
    visit.ticks += WINDOW
    assert visit.http.get("/nowhere").status_code == 404


def test_who_asks_is_taken_from_the_schools_own_proxy_alone(desk):
    trusting = Visit(with_people(desk, more=MORE_PEOPLE + THIRD), proxies=1)
    plain = Visit(desk)
    for visit, last in ((trusting, 404), (plain, 429)):
        answers = [
            visit.http.get("/nowhere", headers={"X-Forwarded-For": f"192.0.2.{number}"}).status_code
            for number in range(ASKS + 1)
        ]
        assert answers[-1] == last


@pytest.mark.parametrize("passed_on", [True, False])
def test_it_works_under_a_path_whether_or_not_the_proxy_takes_it_off(desk, passed_on):
    visit = Visit(with_people(desk, more=MORE_PEOPLE + THIRD), prefix="/social/monitor")
    path = ("/social/monitor" if passed_on else "") + visit.at()
    page = visit.http.get(path)
    assert page.status_code == 200
    assert 'href="../static/console.css"' in page.text
    assert "action=" not in page.text
    assert visit.http.post(path, data=ONE_CLICK).status_code == 200
    with visit.http.get(("/social/monitor" if passed_on else "") + "/static/console.css") as style:
        assert style.status_code == 200


def test_logs_hold_neither_link_nor_person(visit, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    visit.http.post(visit.at(), data=ONE_CLICK)
    monkeypatch.setattr(DigestStops, "is_stopped", lambda *_: 1 / 0)
    assert visit.http.get(visit.at()).status_code == 500
    assert "ZeroDivisionError" in caplog.text
    assert not any(word in caplog.text.lower() for word in (visit.links.token(CECIL).lower(), "cecil", "unsubscribe"))


def test_a_key_that_cannot_be_used_is_told_in_the_log_and_not_to_the_visitor(visit, caplog):
    at = visit.at()
    visit.links.key_file.chmod(0o644)
    answer = visit.http.get(at)
    assert answer.status_code == 500
    assert "key" not in answer.text
    assert "0600" in caplog.text
