"""Cameras that speak ONVIF: which of them answer on the network, and where each gives its pictures.

The libraries come with the extra `onvif`, and are imported only here.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from db.redaction import redacted
from stream.errors import SourceError, StreamError
from stream.service.setup.source import camera_source
from stream.sources.cameras.camera import kind_of

LISTENING = 3.0  # seconds in which cameras may answer
PATIENCE = 15.0  # seconds for a camera to tell where its pictures are
MOST = 50  # cameras, and streams of one
TRANSMITTER = "http://www.onvif.org/ver10/network/wsdl", "NetworkVideoTransmitter", "dn"  # what ONVIF calls a camera
SETUP = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}


@dataclass(frozen=True, slots=True)
class Device:
    """A camera that answered: what it calls itself, and its host, with a port where that is not 80."""

    name: str
    place: str


@dataclass(frozen=True, slots=True)
class Stream:
    """One of the pictures that a camera gives: what it calls it, and its address, with the password."""

    name: str
    source: str = field(repr=False)


def devices(seconds: float = LISTENING) -> list[Device]:
    """The cameras that answer in this network within so many seconds (WS-Discovery), by their names.

    Raises:
        StreamError: the extra is not installed, or nothing can be asked here.
    """
    try:
        from wsdiscovery import QName
        from wsdiscovery.discovery import ThreadedWSDiscovery
    except ModuleNotFoundError as missing:
        raise _not_installed(missing) from missing
    discovery = ThreadedWSDiscovery()
    try:
        discovery.start()
        answers = discovery.searchServices(types=[QName(*TRANSMITTER)], timeout=seconds)
        found = {device.place: device for answer in answers if (device := _device(answer)) is not None}
    except OSError as error:
        raise StreamError(
            f"The network cannot be asked for cameras ({error.strerror or kind_of(error)}): give an address."
        ) from error
    finally:
        discovery.stop()
    return sorted(found.values(), key=lambda device: (device.name, device.place))[:MOST]


def streams(place: str, user: str, password: str) -> list[Stream]:
    """The pictures that a camera gives, in its own order.

    It is asked at this host alone, and so are its pictures, whatever other host it tells: it gets the password.

    Args:
        place: HOST or HOST:PORT.

    Raises:
        StreamError: the extra is not installed, or the camera does not tell.
    """
    try:
        import onvif  # noqa: F401
    except ModuleNotFoundError as missing:
        raise _not_installed(missing) from missing
    host, port = _host_and_port(place)
    try:
        told = asyncio.run(asyncio.wait_for(_told(host, port, user, password), PATIENCE))
    except Exception as error:  # of three libraries, whose words may hold the password
        raise SourceError(
            f"{place} does not tell where its pictures are ({kind_of(error)}): check the address, the user name and "
            "password, and that ONVIF is switched on in the camera."
        ) from None
    found = [Stream(name, _with_password(address, host, user, password)) for name, address in told[:MOST]]
    if not found:
        raise SourceError(f"{place} tells of no pictures: set up a profile in the camera, or give their address.")
    return found


async def _told(host: str, port: int, user: str, password: str) -> list[tuple[str, str]]:
    """Names and addresses of a camera's pictures, as it tells them."""
    from onvif import ONVIFCamera

    camera = ONVIFCamera(host, port, user, password, no_cache=True, adjust_time=True, nat_override=True)
    try:
        await camera.update_xaddrs()
        media = await camera.create_media_service()
        profiles = await media.GetProfiles()
        answers = [await media.GetStreamUri({"StreamSetup": SETUP, "ProfileToken": one.token}) for one in profiles]
        return [(_called(one), str(answer.Uri)) for one, answer in zip(profiles, answers, strict=True)]
    finally:
        await camera.close()


def _called(profile: Any) -> str:
    size = getattr(getattr(profile, "VideoEncoderConfiguration", None), "Resolution", None)
    pixels = f", {size.Width} x {size.Height}" if size is not None else ""
    return f"{str(profile.Name)[:60]}{pixels}"


def _device(answer: Any) -> Device | None:
    places = [urlsplit(address) for address in answer.getXAddrs() if address.startswith(("http://", "https://"))]
    if not places:
        return None
    told = [str(scope).rpartition("/") for scope in answer.getScopes()]
    names = [unquote(value) for kind, _, value in told if kind.endswith(("/name", "/hardware"))]
    place = places[0].netloc.rpartition("@")[2].removesuffix(":80")
    return Device(" ".join(names)[:80] or place, place)


def _host_and_port(place: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{place.strip()}")
        host, port = parts.hostname, parts.port or 80
    except ValueError:
        host, port = None, 80
    if not host or parts.path or parts.query or parts.username is not None:
        raise SourceError(f"{redacted(place[:40])} is no host of a camera: write it like 192.168.1.20 or camera:8080.")
    return host, port


def _with_password(address: str, host: str, user: str, password: str) -> str:
    """The address that a camera told, at the host that was asked, with user name and password."""
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise SourceError("The camera tells an address that is none: give one yourself.") from None
    credentials = f"{quote(user, safe='')}:{quote(password, safe='')}@" if user else ""
    place = f"[{host}]" if ":" in host else host
    return camera_source(parts._replace(netloc=f"{credentials}{place}{port}").geturl())


def _not_installed(missing: ModuleNotFoundError) -> StreamError:
    return StreamError(
        f"Cameras are found by the extra onvif ({missing}): pip install -e '.[onvif]', or give an address."
    )
