"""`console`: the web pages. So far the one on which somebody stops their digest."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from urllib.parse import urlsplit

from monitor.commands.base import CommandFailed, Outcome, app_for

EXAMPLE = "school-monitor console --host 127.0.0.1 --port 8080"


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        metavar="ADDRESS",
        help="address to answer on (default: 127.0.0.1, for the school's own web server on this computer)",
    )
    parser.add_argument("--port", type=_port, default=8080, metavar="NUMBER", help="port (default: 8080; 0: any)")


def run(args: Namespace) -> int:
    """Serve the pages until SIGTERM or Ctrl-C. 2 when Flask and waitress are missing, 1 when the port is taken."""
    try:
        from monitor.console.app import StopPage, create_app
        from monitor.console.pace import Pace
        from monitor.console.serving import serve
    except ModuleNotFoundError as missing:
        raise CommandFailed(
            f"the web pages need the extra [console] ({missing.name} is not installed): "
            'pip install "school-social-monitor[console]"',
            Outcome.USAGE,
        ) from None
    from monitor.digest_stops import DigestStops
    from monitor.stop_links import StopLinks

    app = app_for(args)
    settings = app.settings
    page = StopPage(
        stops=DigestStops(app.store, app.school, tuple(account.key for account in settings.accounts)),
        links=StopLinks(settings.stop_key, settings.school.key),
        clock=app.clock,
    )
    prefix = urlsplit(settings.console.address or "").path
    pages = create_app(page, Pace(), settings.school.name, prefix, settings.console.trusted_proxies)
    if settings.console.address is None:
        print("note: [console] address is not set, so no mail leads here")
    try:
        serve(pages, args.host, args.port, lambda address: print(f"Serving on {address}", flush=True))
    except OSError as refused:
        raise CommandFailed(f"{args.host} port {args.port} cannot be opened: {refused.strerror}") from None
    finally:
        app.store.close()
    return Outcome.DONE


def _port(text: str) -> int:
    if text.isascii() and text.isdecimal() and int(text[:6]) <= 65_535:
        return int(text)
    raise ArgumentTypeError(f'a port is a number from 0 to 65535 (found "{text[:40]}")')
