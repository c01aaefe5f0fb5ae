"""What every test may use: checked annotations, the place of the shared data, and a wall around the network."""

import os
import socket
from pathlib import Path

import pytest

from tests import runtime_types

if "PYTEST_XDIST_WORKER" in os.environ:  # several processes share the cores: one thread for each, and its children
    os.environ.setdefault("OMP_NUM_THREADS", "1")

runtime_types.install("seqdl_core")

_REAL_CONNECT = socket.socket.connect


def _loopback_only(self: socket.socket, address: object) -> None:
    near = ("127.0.0.1", "::1", "localhost")
    if self.family != socket.AF_UNIX and isinstance(address, tuple) and address[0] not in near:
        raise OSError(f"a test tried to reach {address[0]}")
    _REAL_CONNECT(self, address)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", _loopback_only)


@pytest.fixture(autouse=True)
def _own_home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("SEQDL_HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setenv("SEQDL_WORKER_IDLE", "1")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with the real data sets (``SEQDL_DATA``, by default ``../shared``); skips where it is absent."""
    place = Path(os.environ.get("SEQDL_DATA", Path(__file__).parents[2] / "shared"))
    if not (place / "data").is_dir():
        pytest.skip(f"no shared data at {place}; set SEQDL_DATA to its place")
    return place


@pytest.fixture(scope="session")
def encode(shared_data: Path) -> Path:
    """The six ENCODE sets in DeepBind's format."""
    return shared_data / "data" / "deepbind_encode"
