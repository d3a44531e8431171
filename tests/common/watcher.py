"""A server on this machine that takes whatever it is told: an outside watcher, or a chat."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Watcher:
    """Answers every request with `status`, and keeps (path, body) of each."""

    def __init__(self, status=200):
        self.status, self.told = status, []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self):
                length = int(self.headers.get("Content-Length") or 0)
                outer.told.append((self.path, self.rfile.read(length).decode()))
                self.send_response(outer.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST = answer

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self.address = f"http://127.0.0.1:{self.port}/plantedSecretOfPing"

    @property
    def paths(self):
        """What was asked for, without what every address begins with."""
        return [path.removeprefix("/plantedSecretOfPing") for path, _ in self.told]

    def __enter__(self):
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
