"""The pages as a Flask application. Looking at one changes nothing: scanners of links open whatever is in a mail."""

from __future__ import annotations

import hmac
import logging
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from monitor.clock import Clock
from monitor.console.pace import Pace
from monitor.digest_stops import BY_LINK, CannotStop, DigestStops
from monitor.logs import where
from monitor.stop_links import PATH, StopKeyUnusable, StopLinks

log = logging.getLogger("monitor.console")

LARGEST_BODY = 4096  # bytes
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    # The address of the page is the secret: it goes to nobody.
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True)
class StopPage:
    """The page on which one person stops their digest. `token`: the last part of its address, which is its secret."""

    stops: DigestStops
    links: StopLinks
    clock: Clock

    def look(self, token: str) -> Response:
        """How it stands, with a button. Changes nothing."""
        address = self.links.whose(token, self.stops.readers)
        if address is None:
            return _unknown()
        return _page("stop", is_stopped=self.stops.is_stopped(address), token=token, done="")

    def act(self, token: str) -> Response:
        """Stop it, or start it again."""
        address = self.links.whose(token, self.stops.readers)
        if address is None:
            return _unknown()
        wish = _wish(token)
        if wish == "stop":
            try:
                self.stops.stop(address, BY_LINK, self.clock())
            except CannotStop as refused:
                return _page("refused", 409, why=str(refused))
        elif wish == "start":
            self.stops.start(address)
        else:
            return _page("unclear", 400)
        return _page("stop", is_stopped=wish == "stop", token=token, done=wish)


def create_app(page: StopPage, pace: Pace, school: str, prefix: str = "", trusted_proxies: int = 0) -> Flask:
    """The application. `prefix`: path under which it is reached from outside; a proxy may pass it on or take it off.

    `trusted_proxies`: how many proxies each add who asked; of others' word nothing is believed.
    """
    app = Flask("monitor.console")
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["MAX_FORM_PARTS"] = 10
    app.jinja_env.globals["school"] = school
    app.add_url_rule(f"/{PATH}/<token>", "look", page.look, methods=["GET"])
    app.add_url_rule(f"/{PATH}/<token>", "act", page.act, methods=["POST"])
    app.before_request(lambda: None if pace.allows(request.remote_addr or "") else _page("too_often", 429))
    app.register_error_handler(Exception, _fault)
    app.after_request(_guarded)
    app.wsgi_app = _Prefix(app.wsgi_app, prefix.rstrip("/"))  # type: ignore[method-assign]
    if trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=trusted_proxies, x_proto=0)  # type: ignore[method-assign]
    return app


def _fault(fault: Exception) -> Response:
    if isinstance(fault, HTTPException):
        return _unknown() if fault.code == 404 else _page("unclear", fault.code or 400)
    # No address of a page in it: that is the secret. An error's own text may quote anything.
    advice = str(fault) if isinstance(fault, StopKeyUnusable) else f"{type(fault).__name__} at {where(fault)}"
    log.error("a page could not be shown: %s", advice)
    return _page("fault", 500)


def _guarded(response: Response) -> Response:
    response.headers.update(HEADERS)
    return response


def _wish(token: str) -> str:
    """What a POST asks for; empty: nothing that can be done.

    A mail program sends one line and no more (RFC 8058). Our own form repeats the token, which no other site knows.
    """
    form = request.form
    if form.get("List-Unsubscribe") == "One-Click":
        return "stop"
    repeated = form.get("token", "").encode("utf-8", "replace")
    wish = form.get("do", "")
    return (
        wish if wish in {"stop", "start"} and hmac.compare_digest(repeated, token.encode("utf-8", "replace")) else ""
    )


def _unknown() -> Response:
    """The same page for what never was, is no more, or was made up."""
    return _page("unknown", 404)


def _page(name: str, status: int = 200, **values: Any) -> Response:
    return Response(render_template(f"{name}.html", **values), status, content_type="text/html; charset=utf-8")


class _Prefix:
    """Takes the path off under which the school's web server shows these pages, where it is still there."""

    def __init__(self, inner: Any, prefix: str) -> None:
        self._inner, self._prefix = inner, prefix

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        path = environ.get("PATH_INFO", "")
        if self._prefix and path.startswith(f"{self._prefix}/"):
            environ = {**environ, "PATH_INFO": path.removeprefix(self._prefix)}
        return self._inner(environ, start_response)
