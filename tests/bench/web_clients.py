"""Clients that pull a camera's pictures, for `tests.bench.web`: in a program of their own, at low priority.

    python -m tests.bench.web_clients http://127.0.0.1:8765/ stage --clients 50 --rate 5 --seconds 60

Prints how many pictures came, and how many bytes; the last client asks and takes nothing.
"""

import http.client
import json
import os
import socket
import threading
import time
from urllib.parse import urlsplit

import typer

NICE = 19


def main(url: str, camera: str, clients: int = 50, rate: float = 5.0, seconds: float = 60.0) -> None:
    """Pull for so many seconds."""
    os.nice(NICE)
    place = urlsplit(url)
    counts = [[0, 0, 0] for _ in range(clients)]
    until = time.monotonic() + seconds

    def pull(count: list[int]) -> None:
        line = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
        after, turn = -1, time.monotonic()
        while time.monotonic() < until:
            line.request("GET", f"/api/v1/cameras/{camera}/frame?after={after}")
            answer = line.getresponse()
            body = answer.read()
            if answer.status == 200:
                after = int(answer.headers["X-Frame"])
                count[0] += 1
                count[1] += len(body)
            else:
                count[2] += answer.status != 204
            turn = max(turn + 1 / rate, time.monotonic() - 1)
            time.sleep(max(0.0, turn - time.monotonic()))

    with socket.create_connection((place.hostname, place.port)) as stalled:
        stalled.sendall(f"GET /api/v1/cameras/{camera}/stream.mjpg HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode())
        threads = [threading.Thread(target=pull, args=(count,)) for count in counts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    pictures, size, errors = (sum(column) for column in zip(*counts, strict=True))
    typer.echo(json.dumps({"pictures": pictures, "bytes": size, "errors": errors, "fewest": min(c[0] for c in counts)}))


if __name__ == "__main__":
    typer.run(main)
