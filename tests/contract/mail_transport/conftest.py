"""Starts and stops the servers of this suite, and makes the certificates they show."""

import certificates
import pytest
from mail_server import Server, graph_to
from microsoft import Microsoft


@pytest.fixture
def started():
    servers = []

    def start(server):
        server.start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def serve(started):
    return lambda answers=None, **options: started(Server(answers, **options))


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A self-signed certificate for 127.0.0.1: (certificate file, server's TLS context)."""
    folder = tmp_path_factory.mktemp("tls")
    own = certificates.make("127.0.0.1", host="127.0.0.1")
    (folder / "cert.pem").write_text(own.pem)
    return folder / "cert.pem", own.server_context(folder)


class Authority:
    """An authority that we trust where `file` is named, and TLS contexts with certificates of its own."""

    def __init__(self, folder):
        self._folder, self._own = folder, certificates.make("Oakfield authority")
        self.file = folder / "authority.pem"
        self.file.write_text(self._own.pem)

    def context(self, host="127.0.0.1", ends=certificates.LAST_DAY):
        return certificates.make(host, self._own, host, ends).server_context(self._folder)


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def application():
    """The certificate that an application signs in to Microsoft with."""
    return certificates.application_certificate()


@pytest.fixture
def microsoft(started, authority, application):
    return started(Microsoft(authority.context(), application))


@pytest.fixture
def graph(microsoft, authority):
    """A transport to the stand-in, with whatever is changed of what it is told."""
    return lambda **changes: graph_to(microsoft, authority, **changes)
