"""An https server on loopback with a certificate authority of its own, and the way out that leads to it."""

import datetime as dt
import socket
import ssl
import threading
from contextlib import contextmanager, suppress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from monitor.evidence.outside.egress import Egress

NAMES = ("cdn.example", "img.cdn.example", "page.example", "other.example")


def _certificate(subject, key, issuer, issuer_key, *, names=()):
    start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(dt.datetime(2099, 1, 1, tzinfo=dt.UTC))
        .add_extension(x509.BasicConstraints(ca=not names, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(n) for n in names]), critical=False)
    else:
        signs = {"key_cert_sign": True, "crl_sign": True}
        others = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment")
        rest = dict.fromkeys((*others, "key_agreement", "encipher_only", "decipher_only"), False)
        builder = builder.add_extension(x509.KeyUsage(**signs, **rest), critical=True)
    return builder.sign(issuer_key, hashes.SHA256())


def make_certificates(folder):
    """Paths of the authority's certificate and of the server's key and certificate, in one file."""
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca = _certificate("Stand-in authority", ca_key, "Stand-in authority", ca_key)
    leaf = _certificate("Stand-in", key, "Stand-in authority", ca_key, names=NAMES)
    pem = serialization.Encoding.PEM
    plain = (pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "ca.pem").write_bytes(ca.public_bytes(pem))
    (folder / "server.pem").write_bytes(key.private_bytes(*plain) + leaf.public_bytes(pem))
    return folder / "ca.pem", folder / "server.pem"


class HttpsStandIn:
    """Hands each request to `talk(head, connection)`; counts connections, keeps the heads."""

    def __init__(self, talk, certificates):
        self.ca_file, server_file = map(str, certificates)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(server_file)
        self._talk = talk
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.connections = 0
        self.heads = []
        self.looked_up = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def __enter__(self):
        self._threads[0].start()
        return self

    def __exit__(self, *_):
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join(5)

    def egress(self, addresses=("127.0.0.1",), **changes):
        """The way out to this server, whatever host is asked for."""

        def resolve(host):
            self.looked_up.append(host)
            return list(addresses)

        options = {"resolve": resolve, "is_allowed": lambda address: str(address) == "127.0.0.1"}
        return Egress(**{**options, "port": self.port, "ca_file": self.ca_file, **changes})

    def _accept(self):
        while True:
            try:
                plain, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(plain,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, plain):
        with plain, suppress(OSError):  # whoever breaks off makes no difference here
            plain.settimeout(10)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._context.wrap_socket(plain, server_side=True) as secure:
                head = b""
                while b"\r\n\r\n" not in head and (piece := secure.recv(65536)):
                    head += piece
                if head:
                    self.heads.append(head.decode("latin-1"))
                    self._talk(self.heads[-1], secure)
                with suppress(OSError):
                    secure.unwrap()


def answer(body=b"", status="200 OK", **headers):
    """One whole HTTP answer as bytes; `_` in a header's name stands for `-`."""
    lines = {"Content-Length": len(body), **{name.replace("_", "-"): value for name, value in headers.items()}}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + body


@contextmanager
def stand_in(said, certificates):
    """A server that says the same to everyone: bytes, or what `said(head, connection)` does."""

    def say(_head, connection):
        connection.sendall(said)

    with HttpsStandIn(say if isinstance(said, bytes) else said, certificates) as server:
        yield server
