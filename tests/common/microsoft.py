"""Microsoft's sign-in service and Microsoft Graph on loopback, over https, as they are documented.

The sign-in service gives tokens to one application that proves itself by its secret, or by a signed assertion made
with the certificate registered for it. Graph takes a mail for a mailbox from whoever has such a token.
"""

import base64
import binascii
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote

import jwt

TENANT, CLIENT = "oakfield.onmicrosoft.com", "11111111-2222-3333-4444-555555555555"
SECRET = "plantedSecretOfOakfield~0123456789"
LARGEST = 4_000_000
NUMBERS = {"7000215": "invalid_client", "7000222": "invalid_client", "700016": "unauthorized_client"}


class _Talk(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        """Quiet."""

    def do_GET(self):
        cloud = self.server.cloud
        cloud.asked.append(self.path)
        if self.path != f"/{TENANT}/v2.0/.well-known/openid-configuration":
            return self._say(*cloud.refusal("invalid_tenant", "90002", "Tenant not found"))
        here = f"{cloud.url}/{TENANT}"
        return self._say(
            200,
            {
                "issuer": f"{here}/v2.0",
                "authorization_endpoint": f"{here}/oauth2/v2.0/authorize",
                "token_endpoint": f"{here}/oauth2/v2.0/token",
            },
        )

    def do_POST(self):
        cloud = self.server.cloud
        cloud.asked.append(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        for start, answer in cloud.scripted:
            if self.path.startswith(start):
                cloud.scripted.remove((start, answer))
                return self._say(*answer)
        if self.path == f"/{TENANT}/oauth2/v2.0/token":
            return self._say(*cloud.token_for(parse_qs(body.decode())))
        return self._say(*cloud.mail_from(self.path, self.headers, body))

    def _say(self, status, content="", headers=()):
        body = content if isinstance(content, bytes) else json.dumps(content).encode() if content else b""
        self.send_response(status)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Microsoft:
    """`mails`: (mailbox, bytes) of all that was accepted. `scripted`: answers given instead, by start of the path."""

    def __init__(self, context, registered=None):
        self.mails, self.asked, self.scripted, self.issued, self.taken_back = [], [], [], [], set()
        self.registered, self.secret_ended, self.life = registered, False, 3599
        self.sends_as = {"monitor@oakfield.example"}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Talk)
        self._server.cloud, self._server.daemon_threads = self, True
        self.url = f"https://127.0.0.1:{self._server.server_port}"
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def start(self):
        self._thread.start()

    def stop(self):
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()

    @property
    def tokens_asked_for(self):
        return sum(path.endswith("/token") for path in self.asked)

    def instead(self, start, status, content="", **headers):
        """The next question whose path begins so is answered with this."""
        self.scripted.append((start, (status, content, {k.replace("_", "-"): v for k, v in headers.items()})))

    def refusal(self, error, number, words):
        said = f"AADSTS{number}: {words} (canary) Trace ID: 0 Correlation ID: 1 Timestamp: 2026-11-27 08:00:00Z"
        return 400 if error == "invalid_tenant" else 401, {
            "error": error,
            "error_description": said,
            "error_codes": [int(number)],
        }

    def token_for(self, form):
        given = {name: values[0] for name, values in form.items()}
        if given.get("client_id") != CLIENT:
            return self.refusal("unauthorized_client", "700016", "Application not found in the directory")
        if given.get("grant_type") != "client_credentials" or not given.get("scope", "").endswith("/.default"):
            return self.refusal("invalid_scope", "1002012", "The provided value for scope is not valid")
        if "client_assertion" in given:
            if not self._is_signed(given["client_assertion"]):
                return self.refusal("invalid_client", "700027", "Client assertion failed signature validation")
        elif self.secret_ended:
            return self.refusal("invalid_client", "7000222", "The provided client secret keys are expired")
        elif given.get("client_secret") != SECRET:
            return self.refusal("invalid_client", "7000215", "Invalid client secret provided")
        self.issued.append((f"token-{len(self.issued)}-plantedToken0123456789", given["scope"]))
        return 200, {
            "token_type": "Bearer",
            "expires_in": self.life,
            "ext_expires_in": self.life,
            "access_token": self.issued[-1][0],
        }

    def _is_signed(self, assertion):
        if self.registered is None:
            return False
        key = self.registered.certificate.public_key()
        try:
            said = jwt.decode(assertion, key, algorithms=["PS256"], audience=f"{self.url}/{TENANT}/oauth2/v2.0/token")
        except jwt.InvalidTokenError:
            return False
        return said["iss"] == said["sub"] == CLIENT

    def mail_from(self, path, headers, body):
        token = headers.get("Authorization", "").removeprefix("Bearer ")
        good = {token for token, _ in self.issued} - self.taken_back
        if token not in good:
            return 401, error("InvalidAuthenticationToken", "Access token has expired or is not yet valid.")
        if len(body) > LARGEST:
            return 413, error("RequestEntityTooLarge", "Too large")
        mailbox = unquote(path.removeprefix("/v1.0/users/").removesuffix("/sendMail"))
        if mailbox not in self.sends_as:
            return 403, error("ErrorAccessDenied", "Access is denied. Check credentials and try again.")
        try:
            assert headers["Content-Type"] == "text/plain"
            self.mails.append((mailbox, base64.b64decode(body, validate=True)))
        except (AssertionError, binascii.Error):
            return 400, error("ErrorMimeContentInvalidBase64String", "Invalid base64 string for MIME content.")
        return 202, ""


def error(code, words):
    """An error as Graph words it."""
    return {"error": {"code": code, "message": words, "innerError": {"date": "2026-11-27T08:00:00"}}}
