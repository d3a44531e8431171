"""An authority of our own and certificates of every kind: right, over, for another host, vouched for by nobody."""

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

FIRST_DAY, LAST_DAY = datetime(2020, 1, 1, tzinfo=UTC), datetime(2099, 12, 31, tzinfo=UTC)
OVER = datetime(2021, 1, 1, tzinfo=UTC)
PEM = serialization.Encoding.PEM


@dataclass
class Holder:
    """A key and its certificate."""

    key: object
    certificate: x509.Certificate

    @property
    def key_pem(self):
        plain = serialization.NoEncryption()
        return self.key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, plain).decode()

    @property
    def pem(self):
        return self.certificate.public_bytes(PEM).decode()

    def server_context(self, folder):
        """What a server needs to show this certificate."""
        file = folder / f"{self.certificate.serial_number}.pem"
        file.write_text(self.key_pem + self.pem)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(file)
        return context


def make(subject, issuer=None, host=None, ends=LAST_DAY, key=None):
    """A certificate for `host` (name or number), by `issuer` or by itself; without a host, an authority's."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    signer = issuer or Holder(key, None)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.certificate.subject if issuer else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(FIRST_DAY)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=host is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.key.public_key()), critical=False)
    )
    if host is None:
        may = {"key_cert_sign": True, "crl_sign": True}
        others = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment")
        not_may = dict.fromkeys((*others, "key_agreement", "encipher_only", "decipher_only"), False)
        builder = builder.add_extension(x509.KeyUsage(**may, **not_may), critical=True)
    else:
        try:
            name = x509.IPAddress(ipaddress.ip_address(host))
        except ValueError:
            name = x509.DNSName(host)
        builder = builder.add_extension(x509.SubjectAlternativeName([name]), critical=False)
    return Holder(key, builder.sign(signer.key, hashes.SHA256()))


def application_certificate(ends=LAST_DAY):
    """What an application signs in to Microsoft with: a certificate that it made itself."""
    return make(
        "social monitor", host="monitor.oakfield.example", ends=ends, key=rsa.generate_private_key(65537, 2048)
    )
