"""A time-stamping authority on loopback: keys and certificates of its own, replies signed by `openssl ts`."""

import shutil
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

POLICY = "1.3.6.1.4.1.55555.1.1"
FIRST_DAY, LAST_DAY = datetime(2020, 1, 1, tzinfo=UTC), datetime(2099, 12, 31, tzinfo=UTC)
REPLY = "application/timestamp-reply"

CONFIGURATION = f"""
[ tsa ]
default_tsa = settings
[ settings ]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = {POLICY}
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""


def require_openssl():
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed, so there is no local time-stamping authority to ask")


def openssl(*words, cwd, given=b""):
    return subprocess.run(["openssl", *words], cwd=cwd, input=given, capture_output=True, check=True).stdout


def name_of(common_name):
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Oakfield Clocks"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


@dataclass
class Holder:
    """A key and its certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def pem(self):
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self):
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


def certify(common_name, issuer=None, purpose=None, last_day=LAST_DAY):
    """A certificate signed by `issuer` (by itself if None): an authority's, or one for a single `purpose`."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        x509.CertificateBuilder()
        .subject_name(name_of(common_name))
        .issuer_name(issuer.certificate.subject if issuer else name_of(common_name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(FIRST_DAY)
        .not_valid_after(last_day)
        .add_extension(x509.BasicConstraints(ca=purpose is None, path_length=None), critical=True)
    )
    if purpose is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
    return Holder(key, builder.sign(issuer.key if issuer else key, hashes.SHA256()))


class Authority:
    """Signs replies. `chain` stands between its own certificate and the root, and is put into each reply."""

    def __init__(self, folder, root, chain=()):
        self.folder, self.root, self.chain = folder, root, chain
        self.signer = certify("Oakfield time", chain[-1] if chain else root, ExtendedKeyUsageOID.TIME_STAMPING)
        files = {
            "tsa.cnf": (CONFIGURATION + "certs = chain.pem\n" * bool(chain)).encode(),
            "serial": b"1000\n",
            "tsa.pem": self.signer.pem,
            "tsa.key": self.signer.key_pem,
            "chain.pem": b"".join(holder.pem for holder in chain),
        }
        for name, content in files.items():
            (folder / name).write_bytes(content)
        self.lock = threading.Lock()

    def reply(self, request):
        with self.lock:  # the serial number is a file
            (self.folder / "request.tsq").write_bytes(request)
            words = ("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "request.tsq", "-out", "reply.tsr")
            openssl(*words, cwd=self.folder)
            return (self.folder / "reply.tsr").read_bytes()


def der(tag, *parts):
    """One DER element around parts that are encoded already."""
    body = b"".join(parts)
    size = len(body).to_bytes(4, "big").lstrip(b"\0") or b"\0"
    return bytes([tag]) + (size if len(body) < 0x80 else bytes([0x80 | len(size)]) + size) + body


def forge(folder, signer, digest, time):
    """A reply over `digest` with any `time` (bytes such as b"20210601120000Z"), signed by whatever `signer` is."""
    imprint = bytes.fromhex("3031300d060960864801650304020105000420") + digest
    policy = bytes.fromhex("06062b0601040100")
    info = der(0x30, der(2, b"\1"), policy, imprint, der(2, b"\7"), der(0x18, time))
    (folder / "forger.pem").write_bytes(signer.pem)
    (folder / "forger.key").write_bytes(signer.key_pem)
    words = ("cms", "-sign", "-binary", "-nodetach", "-nosmimecap", "-cades", "-md", "sha256", "-outform", "DER")
    words += ("-econtent_type", "1.2.840.113549.1.9.16.1.4", "-signer", "forger.pem", "-inkey", "forger.key")
    return der(0x30, der(0x30, der(2, b"\0")), openssl(*words, cwd=folder, given=info))


def in_order(reply, certificates, *, sorted_as_der):
    """`reply` with the certificates in it in the order that DER asks of a set, or in the opposite one."""
    encoded = [holder.certificate.public_bytes(serialization.Encoding.DER) for holder in certificates]
    wanted = b"".join(sorted(encoded, reverse=not sorted_as_der))
    start = min(reply.index(one) for one in encoded)
    return reply[:start] + wanted + reply[start + len(wanted) :]


@dataclass(frozen=True)
class Answer:
    """`length`: what Content-Length says, if not the truth. `held`: the body is kept back while the client waits."""

    body: bytes
    status: int = 200
    kind: str = REPLY
    headers: dict = field(default_factory=dict)
    length: int | None = None
    held: bool = False


@dataclass
class Desk:
    """Where an authority is asked, and everything that was asked there."""

    url: str
    asked: list = field(default_factory=list)
    headers: list = field(default_factory=list)


@contextmanager
def serving(answer):
    """Ask `answer(request bytes)`, which gives bytes or an Answer, over HTTP on loopback."""
    closing = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            desk.asked.append(body)
            desk.headers.append(dict(self.headers))
            given = answer(body)
            given = given if isinstance(given, Answer) else Answer(given)
            self.send_response(given.status)
            self.send_header("Content-Type", given.kind)
            self.send_header("Content-Length", str(len(given.body) if given.length is None else given.length))
            for name, value in given.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if given.held:
                closing.wait(10)
            self.wfile.write(given.body)

        def log_message(self, *_):
            """Tests print nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_):
            """A client that hung up is what some tests are about."""

    with Server(("127.0.0.1", 0), Handler) as server:
        desk = Desk(f"http://127.0.0.1:{server.server_address[1]}/stamp")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield desk
        finally:
            closing.set()
            server.shutdown()
            thread.join()
