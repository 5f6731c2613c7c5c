"""The shipped nginx example lets in whatever the doors take, and keeps slow bodies away from the city."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.ground.city import free_port
from wangge.domains.cases.operations import import_runs
from wangge.domains.disclosure.checking.reading import refusing
from wangge.domains.geography.operations import uploads
from wangge.groundwork.attachments import photo_reading, recordings
from wangge.surfaces.web.public.filled import MOST_PHOTOS

EXAMPLE = Path(__file__).resolve().parents[2] / "deploy" / "nginx" / "wangge.conf"
SLOW = 100


def test_the_example_lets_in_what_the_doors_take() -> None:
    found = re.search(r"client_max_body_size (\d+)m;", EXAMPLE.read_text(encoding="utf-8"))
    assert found is not None
    largest = max(
        recordings.MOST_BYTES, import_runs.MOST_BYTES, uploads.MOST_BYTES, refusing.LARGEST_FILE,
        MOST_PHOTOS * photo_reading.MOST_BYTES,
    )  # fmt: skip
    assert int(found[1]) * 1024 * 1024 > largest


class Door(ThreadingHTTPServer):
    """Takes as many at once as come."""

    request_queue_size = 2 * SLOW


class House:
    """What stands behind the proxy: hears of requests by their heads, answers each."""

    def __init__(self) -> None:
        heard = self.heard = list[str]()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                heard.append(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                self.send_response(200)
                self.send_header("Content-Length", str(len(body[:99])))
                self.end_headers()
                self.wfile.write(body[:99])

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        self.server = Door(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port


@pytest.fixture
def house() -> Iterator[House]:
    """A house with its door open."""
    found = House()
    thread = Thread(target=found.server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


def certificate(folder: Path) -> None:
    """A certificate of its own hand."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "cg.example.gov.cn")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "cg.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "cg.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


@pytest.fixture
def proxy(house: House, tmp_path: Path) -> Iterator[int]:
    """nginx by the example, without TLS at a port more: what it does with bodies does not hang on that."""
    if shutil.which("nginx") is None:
        pytest.skip("no nginx on this machine")
    plain, secure, port = free_port(), free_port(), free_port()
    certificate(tmp_path)
    example = EXAMPLE.read_text(encoding="utf-8")
    for here, there in (
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{secure} ssl http2; listen 127.0.0.1:{port};"),
        ("/etc/nginx/tls", str(tmp_path)), ("127.0.0.1:8000", f"127.0.0.1:{house.port}"),
    ):  # fmt: skip
        assert here in example
        example = example.replace(here, there)
    temporary = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""  # its own account may not write where the test does
    (tmp_path / "nginx.conf").write_text(
        f"{user}pid {tmp_path}/pid;\nerror_log {tmp_path}/error.log;\nworker_rlimit_nofile 4096;\n"
        f"events {{ worker_connections 2000; }}\nhttp {{\naccess_log off;\n{temporary}{example}}}\n",
        encoding="utf-8",
    )
    words = ["nginx", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"), "-g", "daemon off;"]
    running = subprocess.Popen(words)
    try:
        while True:
            assert running.poll() is None, (tmp_path / "error.log").read_text(encoding="utf-8")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
        yield port
    finally:
        running.terminate()
        running.wait(30)


def test_the_house_hears_nothing_of_bodies_that_come_slowly(house: House, proxy: int) -> None:
    slow = [socket.create_connection(("127.0.0.1", proxy), timeout=30) for _number in range(SLOW)]
    head = b"POST /slow HTTP/1.1\r\nHost: cg.example.gov.cn\r\nContent-Length: 8\r\n\r\n{"
    try:
        for one in slow:
            one.sendall(head)
        with httpx.Client(base_url=f"http://127.0.0.1:{proxy}", headers={"Host": "cg.example.gov.cn"}) as client:
            assert client.post("/quick", content=b"all at once").content == b"all at once"
            assert house.heard == ["/quick"]
            for one in slow:
                one.sendall(b'"a":"b"')
            answers = [one.recv(4096) for one in slow]
            assert {answer.split(b"\r\n")[0] for answer in answers} == {b"HTTP/1.1 200 OK"}
            assert house.heard.count("/slow") == SLOW
            large = bytes(101 * 1024 * 1024)
            assert client.post("/recording", content=large, timeout=60).status_code == 200
    finally:
        for one in slow:
            one.close()
