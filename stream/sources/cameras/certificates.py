"""Whether a camera behind TLS is who it says, asked before it gets its password."""

import hashlib
import socket
import ssl
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import certifi
from platformdirs import user_cache_path

from db.redaction import redacted
from stream.errors import CameraError, DeniedError, SourceError
from stream.files import exists, unwritable, write_whole

ANY = "any"  # whoever answers gets the password
PORTS = {"https": 443, "rtsps": 322}
TIMEOUT = 5.0  # seconds to answer
SYSTEM = Path("/etc/ssl/certs/ca-certificates.crt")  # where Debian keeps what Python's own OpenSSL may not know of
CACHE = user_cache_path("doorman", appauthor=False) / "certificates"


def clean_certificate(text: str | None) -> str | None:
    """A camera's pinned certificate, as the 64 small hexadecimal digits of its SHA-256; or `any`; or None.

    Raises:
        SourceError: it is neither.
    """
    if text is None or text == ANY:
        return text
    digits = text.strip().lower().removeprefix("sha256:").replace(":", "").replace(" ", "")
    if len(digits) != 64 or set(digits) - set("0123456789abcdef"):
        raise SourceError(f"A certificate is given by the 64 digits of its SHA-256, or as `{ANY}` to trust any.")
    return digits


def tls_options(url: str, certificate: str | None, cache: Path = CACHE) -> dict[str, str]:
    """With what FFmpeg opens a camera's URL, so that it gives the password only to whom we trust.

    Args:
        certificate: as `clean_certificate` gives it; None trusts whom the system trusts.
        cache: a folder for pinned certificates.

    Raises:
        CameraError: the camera cannot be reached.
        DeniedError: it shows another certificate than the pinned one, or one that can no longer be used.
    """
    if certificate == ANY:
        return {"tls_verify": "0"}
    if certificate is None or urlsplit(url).scheme not in PORTS:  # which may yet send us on to one of them
        return {"tls_verify": "1", "ca_file": authorities()}
    shown = _shown(url)
    if fingerprint(shown) != certificate:
        raise DeniedError(
            f"{redacted(url)} shows another certificate than the pinned one: find out why; "
            f"if the camera was given a new one, pin {fingerprint(shown)}."
        )
    # Trusting this one certificate, FFmpeg finds it again on its own connection, or hangs up.
    file = cache / f"{certificate}.pem"
    _keep(file, ssl.DER_cert_to_PEM_cert(shown).encode())
    return {"tls_verify": "1", "ca_file": str(file), "verifyhost": _name(url, file)}


def _keep(file: Path, text: bytes) -> None:
    """Let a file hold a certificate; the cameras of one recorder have the same, and begin at once, in any process."""
    if exists(file) and file.read_bytes() == text:
        return
    own = file.with_name(f"{uuid4().hex}.pem")  # written by nobody else
    write_whole(own, text)
    try:
        own.replace(file)
    except OSError as error:
        raise unwritable(file, error) from error


def distrust(url: str, certificate: str | None) -> DeniedError | None:
    """Why a camera's certificate is not trusted, once its URL could not be opened; None where that is not why."""
    if urlsplit(url).scheme not in PORTS or certificate is not None:
        return None
    try:
        with _connected(url, ssl.create_default_context(cafile=authorities())):
            return None
    except ssl.SSLCertVerificationError as error:
        pin = fingerprint(_shown(url))
        return DeniedError(
            f"{redacted(url)} has a certificate that nobody here vouches for ({error.verify_message.rstrip('.')}): "
            f'if it is the camera\'s own, give it `certificate = "{pin}"` in the settings, or --certificate.'
        )
    except OSError:
        return None


def authorities() -> str:
    """The file of those whose word on certificates is taken: the system's, or else certifi's."""
    system = Path(ssl.get_default_verify_paths().cafile or SYSTEM)
    return str(system) if system.is_file() else certifi.where()


def fingerprint(certificate: bytes) -> str:
    """The SHA-256 of a certificate (DER)."""
    return hashlib.sha256(certificate).hexdigest()


def _shown(url: str) -> bytes:
    """The certificate (DER) that whoever answers shows, without a word about it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with _connected(url, context) as connection:
            return connection.getpeercert(binary_form=True) or b""
    except OSError as error:
        raise _unreached(url, error) from None


def _name(url: str, pinned: Path) -> str:
    """A name in the pinned certificate, for FFmpeg compares one: a camera's own seldom has the one in its URL."""
    context = ssl.create_default_context(cafile=str(pinned))
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    cause = "it names nobody whom FFmpeg can compare"
    try:
        with _connected(url, context) as connection:
            if (name := next(_names(connection.getpeercert() or {}), None)) is not None:
                return name
    except ssl.SSLCertVerificationError as error:
        cause = error.verify_message
    except OSError as error:
        raise _unreached(url, error) from None
    raise DeniedError(
        f"{redacted(url)} has the pinned certificate, but that cannot be used ({cause}): "
        f"make the camera a new one, or give `{ANY}` as its certificate to trust whoever answers."
    )


def _names(certificate: dict[str, Any]) -> Iterator[str]:
    """Whom it names, where FFmpeg's GnuTLS looks for that: an address only counts in a field for addresses."""
    others = certificate.get("subjectAltName", ())
    yield from (name for kind, name in others if kind == "IP Address" or (kind == "DNS" and not _is_ip(name)))
    if all(kind != "DNS" for kind, _ in others):
        owner = (pair for part in certificate.get("subject", ()) for pair in part)
        yield from (name for key, name in owner if key == "commonName" and not _is_ip(name))


def _is_ip(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _unreached(url: str, error: OSError) -> CameraError:
    cause = error.strerror or type(error).__name__
    return CameraError(f"{redacted(url)} cannot be reached ({cause}): check the address, and that the camera is on.")


def _connected(url: str, context: ssl.SSLContext) -> ssl.SSLSocket:
    parts = urlsplit(url)
    address = parts.hostname or "", parts.port or PORTS[parts.scheme]
    return context.wrap_socket(socket.create_connection(address, TIMEOUT), server_hostname=parts.hostname)
