"""A made-up ONVIF camera on loopback: it answers who looks for cameras, and tells where its pictures are."""

import re
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GROUP, PORT = "239.255.255.250", 3702
LOOPBACK = socket.inet_aton("127.0.0.1")
ENVELOPE = """<?xml version="1.0" encoding="UTF-8"?>
<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:tds="http://www.onvif.org/ver10/device/wsdl"
 xmlns:trt="http://www.onvif.org/ver10/media/wsdl" xmlns:tt="http://www.onvif.org/ver10/schema"><s:Body>{}</s:Body></s:Envelope>"""
MATCH = """<?xml version="1.0" encoding="UTF-8"?>
<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"
 xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:dn="http://www.onvif.org/ver10/network/wsdl">
<s:Header><a:MessageID>urn:uuid:answer</a:MessageID><a:RelatesTo>{asked}</a:RelatesTo>
<a:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:To>
<a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</a:Action></s:Header>
<s:Body><d:ProbeMatches><d:ProbeMatch><a:EndpointReference><a:Address>urn:uuid:camera</a:Address></a:EndpointReference>
<d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>onvif://www.onvif.org/name/Front%20door onvif://www.onvif.org/type/video</d:Scopes>
<d:XAddrs>http://127.0.0.1:{port}/onvif/device_service</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion></d:ProbeMatch>
</d:ProbeMatches></s:Body></s:Envelope>"""
TIME = """<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>Manual</tt:DateTimeType>
<tt:DaylightSavings>false</tt:DaylightSavings><tt:UTCDateTime><tt:Time><tt:Hour>1</tt:Hour><tt:Minute>2</tt:Minute>
<tt:Second>3</tt:Second></tt:Time><tt:Date><tt:Year>2026</tt:Year><tt:Month>1</tt:Month><tt:Day>2</tt:Day></tt:Date>
</tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"""
SERVICES = """<tds:GetServicesResponse><tds:Service><tds:Namespace>http://www.onvif.org/ver10/media/wsdl</tds:Namespace>
<tds:XAddr>http://192.0.2.1/onvif/media</tds:XAddr><tds:Version><tt:Major>2</tt:Major><tt:Minor>0</tt:Minor></tds:Version>
</tds:Service></tds:GetServicesResponse>"""
PROFILES = """<trt:GetProfilesResponse><trt:Profiles token="main" fixed="true"><tt:Name>Main</tt:Name></trt:Profiles>
<trt:Profiles token="small" fixed="true"><tt:Name>Small</tt:Name></trt:Profiles></trt:GetProfilesResponse>"""
ADDRESS = """<trt:GetStreamUriResponse><trt:MediaUri><tt:Uri>{}</tt:Uri>
<tt:InvalidAfterConnect>false</tt:InvalidAfterConnect>
<tt:InvalidAfterReboot>false</tt:InvalidAfterReboot><tt:Timeout>PT0S</tt:Timeout></trt:MediaUri>
</trt:GetStreamUriResponse>"""
FAULT = """<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code>
<s:Reason><s:Text xml:lang="en">Not Authorized</s:Text></s:Reason></s:Fault>"""


class Service(BaseHTTPRequestHandler):
    """The camera's own: it asks for the user admin."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append(body)
        answer = self.server.answer(body)
        status = 400 if answer is FAULT else 200
        content = ENVELOPE.format(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/soap+xml; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


class OnvifCamera(ThreadingHTTPServer):
    """On a free port of loopback.

    Args:
        address: where it tells that its pictures are, but for the profile.
    """

    def __init__(self, address: str = "rtsp://192.0.2.1:8554/") -> None:
        super().__init__(("127.0.0.1", 0), Service)
        self.address = address
        self.asked: list[str] = []

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def answer(self, body: str) -> str:
        if "GetSystemDateAndTime" in body:
            return TIME
        if "Username>admin<" not in body:
            return FAULT
        if "GetServices" in body:
            return SERVICES
        if "GetProfiles" in body:
            return PROFILES
        profile = re.search(r"ProfileToken>(\w+)<", body)
        return ADDRESS.format(self.address + profile[1]) if profile else FAULT


@contextmanager
def onvif_camera(address: str = "rtsp://192.0.2.1:8554/") -> Iterator[OnvifCamera]:
    """The camera, which also answers whoever looks for cameras on loopback."""
    with OnvifCamera(address) as camera, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        ear.bind((GROUP, PORT))
        ear.setsockopt(
            socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, struct.pack("4s4s", socket.inet_aton(GROUP), LOOPBACK)
        )
        ear.settimeout(0.1)
        ending = threading.Event()

        def listen() -> None:
            while not ending.is_set():
                try:
                    data, asker = ear.recvfrom(65_535)
                except TimeoutError:
                    continue
                asked = re.search(rb"MessageID>([^<]+)<", data)
                if asked and b"/Probe<" in data:
                    ear.sendto(MATCH.format(asked=asked[1].decode(), port=camera.server_port).encode(), asker)

        threads = [threading.Thread(target=camera.serve_forever), threading.Thread(target=listen)]
        for thread in threads:
            thread.start()
        try:
            yield camera
        finally:
            ending.set()
            camera.shutdown()
            for thread in threads:
                thread.join()
