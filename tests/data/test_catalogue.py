"""The catalogue: nothing is fetched unasked, and nothing is read that is not what the catalogue describes."""

import hashlib
import io
import threading
import urllib.request
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from seqdl_core.data import catalogue
from seqdl_core.data.catalogue import CatalogueEntry, CatalogueFile, fetch
from seqdl_core.errors import DataError, UnknownName
from seqdl_core.sequences.alphabets import ALPHABETS

CONTENT = b">a|1\nACGT\n"
SHA = hashlib.sha256(CONTENT).hexdigest()


def entry_with(**fields: object) -> CatalogueEntry:
    file = CatalogueFile.model_validate({"url": "https://example.org/x/a.fa", "bytes": len(CONTENT)} | fields)
    return CatalogueEntry(
        name="one", title="One", alphabet="dna", task="binary", rows="1", licence="none", citation="none", files=(file,)
    )


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """What a host would send, by address; an address that is not there fails as a name that cannot be resolved."""
    sent: dict[str, bytes] = {}

    def answer(self: urllib.request.OpenerDirector, request: urllib.request.Request, timeout: float) -> io.BytesIO:
        if request.full_url not in sent:
            raise OSError("name not known")
        return io.BytesIO(sent[request.full_url])

    monkeypatch.setattr(urllib.request.OpenerDirector, "open", answer)
    monkeypatch.delenv("SEQDL_DATA", raising=False)
    return sent


def test_every_entry_is_complete() -> None:
    for one in catalogue.entries():
        assert all((one.licence, one.citation, one.files)), one.name
        assert one.alphabet in ALPHABETS
        for file in one.files:
            assert urlsplit(file.url).scheme == "https", file.url
            assert len(file.expected) == 64, file.url
            assert bool(file.member) == bool(file.member_sha256), file.url
            assert file.bytes > 0
        assert len({file.name for file in one.files}) == len(one.files), one.name


def test_every_entry_is_in_the_local_copy(shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQDL_DATA", str(shared_data))
    for one in catalogue.entries():
        assert catalogue.is_here(one, tmp_path), one.name
        for path, _ in fetch(one, tmp_path):
            assert path.is_file()


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(UnknownName, match="encode-elk1"):
        catalogue.entry("encode-elk")


def test_nothing_is_fetched_without_the_hosts_name(host: dict[str, bytes], tmp_path: Path) -> None:
    host["https://example.org/x/a.fa"] = CONTENT
    one = entry_with(sha256=SHA)
    for agreed in ("", "example.com"):
        with pytest.raises(DataError, match=r"example\.org"):
            fetch(one, tmp_path, agreed)
    assert not list(tmp_path.iterdir())
    told: list[tuple[int, int]] = []
    ((path, name),) = fetch(one, tmp_path, "example.org", lambda done, total: told.append((done, total)))
    assert (path.read_bytes(), name) == (CONTENT, "x/a.fa")
    assert told[-1] == (len(CONTENT), len(CONTENT))
    host.clear()
    assert fetch(one, tmp_path)[0][0] == path  # kept, so nothing has to be agreed to or fetched


def test_what_is_not_expected_is_not_kept(host: dict[str, bytes], tmp_path: Path) -> None:
    for sent in (CONTENT[:-1] + b"X", CONTENT * 1000, b""):
        host["https://example.org/x/a.fa"] = sent
        with pytest.raises(DataError, match="SHA-256"):
            fetch(entry_with(sha256=SHA), tmp_path, "example.org")
    assert not list(tmp_path.iterdir())


_BROKEN = {
    "/cut": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n>a|1\n",
    "/short": b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n>a|1\n",
    "/noise": b"SSH-2.0-OpenSSH\r\n",
    "/nothing": b"",
}


class _Redirecting(BaseHTTPRequestHandler):
    """``/to?ADDRESS`` sends on to the address, ``/cut`` and ``/noise`` break off; all else is the file."""

    def do_GET(self) -> None:
        place, _, target = self.path.partition("?")
        if place in _BROKEN:
            self.wfile.write(_BROKEN[place])
            return
        self.send_response(302 if place == "/to" else 200)
        if place == "/to":
            self.send_header("Location", target)
        self.send_header("Content-Length", "0" if place == "/to" else str(len(CONTENT)))
        self.end_headers()
        if place != "/to":
            self.wfile.write(CONTENT)

    def log_message(self, *arguments: object) -> None:
        """Nothing on the terminal of a test."""


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Of a server on this machine that speaks plain http."""
    monkeypatch.delenv("SEQDL_DATA", raising=False)
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(catalogue, "_SCHEMES", ("http",))
    with ThreadingHTTPServer(("127.0.0.1", 0), _Redirecting) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_a_redirect_to_another_host_is_not_followed(port: int, tmp_path: Path) -> None:
    here = f"http://127.0.0.1:{port}"
    same = entry_with(url=f"{here}/to?{here}/x/a.fa", sha256=SHA)
    assert fetch(same, tmp_path / "same", "127.0.0.1")[0][0].read_bytes() == CONTENT

    other = f"{here}/to?http://localhost:{port}/x/a.fa"
    with pytest.raises(DataError, match="another host, localhost, which was not agreed to"):
        fetch(entry_with(url=other, sha256=SHA), tmp_path / "other", "127.0.0.1")
    assert not (tmp_path / "other").exists()

    named = entry_with(url=other, sha256=SHA, also_from=("localhost",))
    assert named.host == "127.0.0.1, localhost"
    with pytest.raises(DataError, match="was not agreed to"):
        fetch(named, tmp_path / "named", "127.0.0.1")
    assert fetch(named, tmp_path / "named", named.host)[0][0].read_bytes() == CONTENT


def test_a_redirect_away_from_https_is_not_followed(port: int, tmp_path: Path) -> None:
    here = f"http://127.0.0.1:{port}"
    for target in ("ftp://127.0.0.1/x/a.fa", "https://127.0.0.1/x/a.fa"):
        with pytest.raises(DataError, match="Only https addresses"):  # the test's own server makes http the rule
            fetch(entry_with(url=f"{here}/to?{target}", sha256=SHA), tmp_path, "127.0.0.1")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("/cut", "could not be fetched: the host closed the connection before the end of the file."),
        ("/short", "could not be fetched: the host closed the connection before the end of the file."),
        ("/noise", "could not be fetched: the host sent what is no answer of a web server."),
        ("/nothing", "could not be fetched: Remote end closed connection without response."),
    ],
)
def test_a_broken_answer_is_said_and_nothing_is_kept(port: int, tmp_path: Path, place: str, said: str) -> None:
    address = f"http://127.0.0.1:{port}{place}"
    with pytest.raises(DataError) as caught:
        fetch(entry_with(url=address, sha256=SHA), tmp_path, "127.0.0.1")
    assert caught.value.what.endswith(said)
    assert caught.value.where == address
    assert not list(tmp_path.iterdir())


def test_no_connection_is_said(host: dict[str, bytes], tmp_path: Path) -> None:
    with pytest.raises(DataError, match="could not be fetched: name not known"):
        fetch(entry_with(sha256=SHA), tmp_path, "example.org")


def test_a_member_of_an_archive_is_taken_out(host: dict[str, bytes], tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("folder/a.fa", CONTENT)
    host["https://example.org/x/a.fa"] = packed.getvalue()
    one = entry_with(member="a.fa", member_sha256=SHA)
    ((path, name),) = fetch(one, tmp_path, "example.org")
    assert (path.read_bytes(), name) == (CONTENT, "a.fa")
    host["https://example.org/x/a.fa"] = b"PK not a zip"
    with pytest.raises(DataError, match="SHA-256"):
        fetch(one, tmp_path / "empty", "example.org")


def test_an_archive_that_was_damaged_inside_is_named(host: dict[str, bytes], tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.fa", CONTENT * 50)
    start = packed.getvalue().index(b"a.fa") + len(b"a.fa")
    damaged = bytearray(packed.getvalue())
    damaged[start : start + 4] = b"\xff" * 4
    host["https://example.org/x/a.fa"] = bytes(damaged)
    with pytest.raises(DataError, match="SHA-256"):
        fetch(entry_with(member="a.fa", member_sha256=SHA), tmp_path, "example.org")


def test_a_damaged_local_copy_is_passed_over(
    host: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "copy" / "data").mkdir(parents=True)
    (tmp_path / "copy" / "data" / "a.fa").write_bytes(b">damaged\n")
    monkeypatch.setenv("SEQDL_DATA", str(tmp_path / "copy"))
    one = entry_with(sha256=SHA, local="a.fa")
    assert not catalogue.is_here(one, tmp_path / "kept")
    (tmp_path / "copy" / "data" / "a.fa").write_bytes(CONTENT)
    assert catalogue.is_here(one, tmp_path / "kept")
