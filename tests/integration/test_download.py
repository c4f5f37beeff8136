"""Fetching over https: from public addresses only, whole, within limits."""

from __future__ import annotations

import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from server.importers import download as module
from server.importers.download import download, is_public
from server.importers.reading import open_source
from server.importers.report import FileRefused

ANSWERS = {
    "/file.csv": (200, {}, b"a;b\n1;2\n"),
    "/moved": (302, {"Location": "/file.csv"}, b""),
    "/insecure": (302, {"Location": "http://localhost/file.csv"}, b""),
    "/round": (302, {"Location": "/round"}, b""),
    "/gone": (404, {}, b"gone"),
    "/cut-off": (200, {"Content-Length": "1000"}, b"a;b\n"),
    "/large": (200, {}, b"x" * 300_000),
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        status, headers, body = ANSWERS[self.path]
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
         "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def site(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"https://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def everything(_address: str) -> bool:
    return True


def fetch(site: str, path: str, certificate) -> bytes:
    with download(site + path, allows=everything, verify=str(certificate / "cert.pem")) as (file, size):
        content = file.read()
        assert len(content) == size
        return content


@pytest.mark.parametrize("path", ["/file.csv", "/moved"])
def test_a_file_is_fetched_and_redirects_followed(site, certificate, path):
    assert fetch(site, path, certificate) == b"a;b\n1;2\n"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/insecure", "is not an https address"),
        ("/round", "more than 5 redirects"),
        ("/gone", "answered 404"),
        ("/cut-off", "cannot be fetched"),
    ],
)
def test_what_cannot_be_had_is_refused(site, certificate, path, reason):
    with pytest.raises(FileRefused, match=reason):
        fetch(site, path, certificate)


def test_what_is_too_large_or_too_slow_is_refused(site, certificate, monkeypatch):
    monkeypatch.setattr(module, "MOST_BYTES", 100_000)
    with pytest.raises(FileRefused, match="larger than"):
        fetch(site, "/large", certificate)
    monkeypatch.setattr(module, "MOST_BYTES", 1_000_000)
    monkeypatch.setattr(module, "MOST_SECONDS", -1.0)
    with pytest.raises(FileRefused, match="took longer"):
        fetch(site, "/large", certificate)


def test_an_address_that_is_not_public_is_never_connected_to(site):
    with pytest.raises(FileRefused, match="localhost is not a public address"), download(site + "/file.csv"):
        pass


def test_a_certificate_that_nobody_signed_is_refused(site):
    with (
        pytest.raises(FileRefused, match="SSLError"),
        download(site + "/file.csv", allows=everything),
    ):
        pass


@pytest.mark.parametrize("url", ["http://example.org/a.csv", "ftp://example.org/a", "file:///etc/passwd", "https://"])
def test_only_https(url):
    with pytest.raises(FileRefused, match="is not an https address"), open_source(url):
        pass


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
    ],
)
def test_public_addresses(address, public):
    assert is_public(address) is public
