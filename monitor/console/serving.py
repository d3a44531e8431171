"""Serving the pages with waitress, until told to stop."""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import Any

from flask import Flask
from waitress.server import create_server

from monitor.console.app import LARGEST_BODY

LARGEST_HEAD = 16_384  # bytes
PATIENCE = 30  # seconds for a visitor who says nothing


def serve(app: Flask, host: str, port: int, say: Callable[[str], None]) -> None:
    """Serve until SIGTERM or Ctrl-C. `say` gets the address once it is open. Raises OSError where it cannot be."""
    server = create_server(
        app,
        host=host,
        port=port,
        threads=4,
        ident=None,
        max_request_body_size=4 * LARGEST_BODY,
        max_request_header_size=LARGEST_HEAD,
        channel_timeout=PATIENCE,
        cleanup_interval=PATIENCE,
        clear_untrusted_proxy_headers=False,
    )

    def stop(*_: Any) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    say(f"http://{server.effective_host}:{server.effective_port}")
    try:
        server.run()
    finally:
        server.close()
