"""``catalogue --fetch``: progress while it comes, the files' places at the end, nothing unasked."""

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from seqdl_core.__main__ import main
from seqdl_core.data import catalogue
from seqdl_core.data.catalogue import CatalogueEntry, CatalogueFile
from seqdl_core.runs.store import Store

CONTENT = b">a|1\nACGT\n" * 100_000


class _Giving(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT)

    def log_message(self, *arguments: object) -> None:
        """Nothing on the terminal of a test."""


@pytest.fixture
def entry(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[CatalogueEntry]:
    monkeypatch.delenv("SEQDL_DATA", raising=False)
    monkeypatch.setenv("SEQDL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(catalogue, "_SCHEMES", ("http",))
    with ThreadingHTTPServer(("127.0.0.1", 0), _Giving) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/x/a.fa"
        file = CatalogueFile(url=url, bytes=len(CONTENT), sha256=hashlib.sha256(CONTENT).hexdigest())
        one = CatalogueEntry(
            name="toy",
            title="Toy",
            alphabet="dna",
            task="binary",
            rows="1",
            licence="CC0",
            citation="none",
            files=(file,),
        )
        monkeypatch.setattr(catalogue, "entries", lambda: (one,))
        yield one
        server.shutdown()
        thread.join()


def test_fetch_tells_how_far_it_is_and_keeps_the_file(
    entry: CatalogueEntry, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["catalogue", "toy", "--fetch", "--agree", "127.0.0.1", "--json"]) == 0
    captured = capsys.readouterr()
    (path,) = json.loads(captured.out)["files"]
    assert Path(path).read_bytes() == CONTENT
    assert Path(path).parent == Store.default().catalogue_folder
    told = [int(line.split("%")[0]) for line in captured.err.splitlines()]
    assert told == sorted(set(told))
    assert told[-1] == 100
    assert len(told) > 2
    assert main(["catalogue", "toy", "--fetch"]) == 0


def test_fetch_without_the_host_is_refused(entry: CatalogueEntry, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalogue", "toy", "--fetch"]) == 2
    assert "was not agreed to" in capsys.readouterr().err
    assert not list(Store.default().catalogue_folder.iterdir())
