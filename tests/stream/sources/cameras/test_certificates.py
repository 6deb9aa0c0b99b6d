"""A camera gets its password once it has shown a certificate that is trusted, and not before."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256

import pytest
import trustme

from stream.errors import CameraError, DeniedError, SourceError
from stream.sources.cameras import certificates
from stream.sources.cameras.backlog import Backlog
from stream.sources.cameras.capture import NetworkCapture
from stream.sources.cameras.certificates import clean_certificate, tls_options

SOON = 30.0  # seconds after which a test has failed


class Listener:
    """Answers over TLS with a certificate, and keeps what it is told; port is where."""

    def __init__(self, certificate: trustme.LeafCert) -> None:
        self._heard: list[bytes] = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(self._context)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            try:
                plain, _ = self._socket.accept()
            except OSError:
                return
            try:
                with self._context.wrap_socket(plain, server_side=True) as caller:
                    caller.settimeout(SOON)
                    self._heard += filter(None, [caller.recv(4096)])
            except OSError:
                pass

    def heard(self) -> list[bytes]:
        """All that it was told by those who have called; nobody can call it any more."""
        self.close()
        self._thread.join(SOON)
        assert not self._thread.is_alive()
        return self._heard

    def close(self) -> None:
        with suppress(OSError):  # it is closed already
            self._socket.shutdown(socket.SHUT_RDWR)  # else whoever calls next would still be answered
        self._socket.close()


@pytest.fixture(autouse=True)
def authority(tmp_path, monkeypatch) -> trustme.CA:
    """The one whose word on certificates is taken."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authorities.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authorities.pem"))
    monkeypatch.setattr(certificates, "CACHE", tmp_path / "cache")
    return authority


@pytest.fixture
def listen() -> Iterator[Callable[[trustme.LeafCert], Listener]]:
    listeners: list[Listener] = []

    def start(certificate: trustme.LeafCert) -> Listener:
        listeners.append(Listener(certificate))
        return listeners[-1]

    yield start
    for listener in listeners:
        listener.close()


def own(name: str = "HIKVISION DS-2CD", **options: datetime) -> trustme.LeafCert:
    """A certificate as cameras make them for themselves: nobody vouches for it, and it names no host."""
    return trustme.CA().issue_cert(common_name=name, **options)


def digits(certificate: trustme.LeafCert) -> str:
    return sha256(ssl.PEM_cert_to_DER_cert(certificate.cert_chain_pems[0].bytes().decode())).hexdigest()


def call(scheme: str, listener: Listener, certificate: str | None = None) -> str:
    """Open a camera, which never gives a picture; returns what is told about it."""
    with pytest.raises(CameraError) as told:
        NetworkCapture(f"{scheme}://me:secret@127.0.0.1:{listener.port}/x", Backlog(), certificate=certificate)
    assert "secret" not in str(told.value)
    return f"{type(told.value).__name__}: {told.value}"


@pytest.fixture(params=["https", "rtsps"])
def scheme(request) -> str:
    return request.param


def test_a_stranger_hears_nothing_and_the_line_to_add_is_told(scheme, listen):
    certificate = own()
    listener = listen(certificate)
    told = call(scheme, listener)
    assert "DeniedError" in told and "nobody here vouches for" in told
    assert f'certificate = "{digits(certificate)}"' in told
    assert listener.heard() == []


def test_whom_an_authority_vouches_for_is_asked(scheme, listen, authority):
    listener = listen(authority.issue_cert("127.0.0.1"))
    assert "DeniedError" not in call(scheme, listener)
    assert listener.heard()


def test_unless_it_vouches_for_another_host(scheme, listen, authority):
    listener = listen(authority.issue_cert("elsewhere.example"))
    assert "nobody here vouches for" in call(scheme, listener)
    assert listener.heard() == []


@pytest.mark.parametrize("name", ["HIKVISION DS-2CD", "cam.local"])
def test_the_pinned_certificate_is_enough(scheme, listen, name):
    certificate = own(name)
    listener = listen(certificate)
    assert "DeniedError" not in call(scheme, listener, digits(certificate))
    assert listener.heard()


def test_another_one_than_the_pinned_is_told(scheme, listen):
    certificate = own()
    listener = listen(certificate)
    told = call(scheme, listener, digits(own()))
    assert "another certificate than the pinned one" in told and digits(certificate) in told
    assert listener.heard() == []


def test_a_pinned_one_that_has_expired_is_told(scheme, listen):
    certificate = own(not_before=datetime(2020, 1, 1, tzinfo=UTC), not_after=datetime(2021, 1, 1, tzinfo=UTC))
    listener = listen(certificate)
    assert "expired" in call(scheme, listener, digits(certificate))
    assert listener.heard() == []


def test_a_pinned_one_whose_owner_cannot_be_compared_is_told(scheme, listen):
    certificate = own("192.168.1.64")  # an address is no name
    listener = listen(certificate)
    assert "names nobody" in call(scheme, listener, digits(certificate))
    assert listener.heard() == []


def test_a_pinned_one_may_name_an_address(scheme, listen):
    certificate = trustme.CA().issue_cert("192.168.1.64", common_name="192.168.1.64")
    listener = listen(certificate)
    assert "DeniedError" not in call(scheme, listener, digits(certificate))
    assert listener.heard()


def test_cameras_with_the_same_pinned_certificate_begin_at_once(monkeypatch, tmp_path):
    pem = own().cert_chain_pems[0].bytes()
    shown = ssl.PEM_cert_to_DER_cert(pem.decode())
    monkeypatch.setattr(certificates, "_shown", lambda _: shown)
    monkeypatch.setattr(certificates, "_name", lambda _, file: file.read_text())  # as FFmpeg reads it
    pinned = certificates.fingerprint(shown)
    for times in range(20):
        ask = partial(tls_options, certificate=pinned, cache=tmp_path / str(times))
        with ThreadPoolExecutor(8) as threads:
            options = list(threads.map(ask, [f"rtsps://recorder/{channel}" for channel in range(8)]))
        assert {one["verifyhost"] for one in options} == {ssl.DER_cert_to_PEM_cert(shown)}


def test_any_is_asked_where_that_is_wished(scheme, listen):
    listener = listen(own())
    assert "DeniedError" not in call(scheme, listener, "any")
    assert listener.heard()


def test_nobody_there_is_another_matter(scheme, listen):
    listener = listen(own())
    listener.close()
    assert "cannot be reached" in call(scheme, listener)
    assert "cannot be reached" in call(scheme, listener, "ab" * 32)


def test_fingerprints_are_taken_as_people_write_them():
    assert clean_certificate("SHA256:" + ":".join(["AB"] * 32)) == "ab" * 32
    assert clean_certificate("any") == "any"
    assert clean_certificate(None) is None
    for wrong in ("ab" * 20, "none", "xy" * 32):
        with pytest.raises(SourceError, match="64 digits of its SHA-256"):
            clean_certificate(wrong)


def test_a_refused_certificate_is_a_matter_for_somebody(listen):
    with pytest.raises(DeniedError):
        NetworkCapture(f"https://127.0.0.1:{listen(own()).port}/x", Backlog())
