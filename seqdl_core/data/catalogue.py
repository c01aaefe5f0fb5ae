"""The catalogue of public data sets: what there is, under which licence, and how a file comes here.

The entries are in ``catalogue.toml``. Nothing is fetched unasked: :func:`fetch` wants the name of the host that the
person agreed to. A copy that is already here is used first, from the folder ``SEQDL_DATA`` or from earlier downloads,
and every file is compared with its SHA-256 before anybody reads it. A host that sends the download on to another one is
not followed, unless the entry names that one as well.
"""

import hashlib
import io
import os
import tomllib
import urllib.request
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import cache, partial
from http.client import HTTPException, HTTPMessage, IncompleteRead
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from pydantic import Field

from seqdl_core.config import Config
from seqdl_core.errors import DataError, UnknownName
from seqdl_core.files import replace_file

_ENTRIES = Path(__file__).with_name("catalogue.toml")
_BLOCK = 1 << 18
_SECONDS = 30
_SLACK = 64 << 20
_LOCAL_FOLDER = "data"
_SCHEMES = ("https",)


class CatalogueFile(Config):
    """One file of an entry.

    Attributes:
        url: where it is fetched from, over https.
        bytes: its size; of the member where the archive's own is not known.
        sha256: of what the address gives; ``""`` where only the member's is known.
        member: the file inside a zip archive that is used, ``""`` for the whole.
        member_sha256: of that member.
        local: its place in the ``data`` folder of a local copy.
        also_from: further hosts that the address may send the download on to.
    """

    url: str
    bytes: int
    sha256: str = ""
    member: str = ""
    member_sha256: str = ""
    local: str = ""
    also_from: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What the person sees: the member's name, or the last part of the address with the folder it lies in."""
        path = PurePosixPath(unquote(urlsplit(self.url).path))
        return PurePosixPath(self.member).name if self.member else f"{path.parent.name}/{path.name}"

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts that it may come from."""
        return (urlsplit(self.url).hostname or "", *self.also_from)

    @property
    def expected(self) -> str:
        """The SHA-256 of what is used in the end."""
        return self.member_sha256 or self.sha256


class CatalogueEntry(Config):
    """A public data set. ``choices`` are the settings of its import that the files themselves cannot tell."""

    name: str
    title: str
    alphabet: str
    task: str
    rows: str
    licence: str
    citation: str
    choices: Mapping[str, str] = Field(default_factory=dict)
    files: tuple[CatalogueFile, ...]

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files)

    @property
    def host(self) -> str:
        """The host that has to be agreed to; all of them where they are several."""
        return ", ".join(dict.fromkeys(host for file in self.files for host in file.hosts))


@cache
def entries() -> tuple[CatalogueEntry, ...]:
    """All entries, in the order of the file."""
    written = tomllib.loads(_ENTRIES.read_text("utf-8"))
    return tuple(CatalogueEntry(name=name, **fields) for name, fields in written.items())


def entry(name: str) -> CatalogueEntry:
    """The entry of this name; raises UnknownName with the nearest."""
    found = {one.name: one for one in entries()}
    if name not in found:
        raise UnknownName("catalogue entry", name, found)
    return found[name]


def is_here(wanted: CatalogueEntry, cache_folder: Path) -> bool:
    """Whether all files are on this machine already, so that nothing has to be fetched."""
    return all(_copy_here(file, cache_folder) is not None for file in wanted.files)


def fetch(
    wanted: CatalogueEntry,
    cache_folder: Path,
    agreed_host: str = "",
    progress: Callable[[int, int], None] | None = None,
) -> list[tuple[Path, str]]:
    """Bring all files of an entry here.

    Args:
        cache_folder: where files that were fetched are kept, under their SHA-256.
        agreed_host: the host that the person agreed to fetch from; not needed where all files are here.
        progress: called with bytes so far and bytes in all.

    Returns:
        The place and the name of each file.

    Raises:
        DataError: without consent, without a connection, or when a file is not what the catalogue expects.
    """
    done = 0
    found: list[tuple[Path, str]] = []
    for file in wanted.files:
        path = _copy_here(file, cache_folder)
        if path is None:
            if agreed_host != wanted.host:
                raise DataError(
                    f"The data set '{wanted.title}' is not on this machine, and fetching it was not agreed to.",
                    where=f"{wanted.host}, about {max(wanted.bytes / 1e6, 0.1):,.1f} MB",
                    fix="Agree to the download (`--agree HOST`), or set SEQDL_DATA to a folder that holds a copy.",
                )
            path = _download(file, cache_folder, partial(_tell, progress, wanted.bytes, done))
        done += file.bytes
        _tell(progress, wanted.bytes, done, 0)
        found.append((path, file.name))
    return found


def _tell(progress: Callable[[int, int], None] | None, total: int, before: int, size: int) -> None:
    if progress:
        progress(min(before + size, total), total)


def _copy_here(file: CatalogueFile, cache_folder: Path) -> Path | None:
    """A file on this machine that is what the catalogue expects: fetched before, or in the local copy."""
    kept = cache_folder / file.expected
    if _is(kept, file.expected):
        return kept
    place = os.environ.get("SEQDL_DATA", "")
    local = Path(place) / _LOCAL_FOLDER / file.local if place and file.local else None
    if local is None or not local.is_file():
        return None
    if _is(local, file.expected):
        return local
    if file.member and _is(local, file.sha256):
        replace_file(kept, _member(local.read_bytes(), file))
        return kept
    return None


def copy_folders(cache_folder: Path) -> list[Path]:
    """Where copies of the catalogue's files lie on this machine, without links."""
    place = os.environ.get("SEQDL_DATA", "")
    return [cache_folder.resolve(), *([(Path(place) / _LOCAL_FOLDER).resolve()] if place else [])]


def _is(path: Path, sha256: str) -> bool:
    if not sha256 or not path.is_file():
        return False
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest() == sha256


class _NamedHosts(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only to hosts that the person was told of."""

    def __init__(self, hosts: tuple[str, ...]) -> None:
        self._hosts = hosts

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        _refuse_scheme(newurl)
        host = urlsplit(newurl).hostname or ""
        if host not in self._hosts:
            raise DataError(
                f"The download is sent on to another host, {host[:200]}, which was not agreed to; nothing was fetched.",
                where=req.full_url,
                fix="Fetch the file in another way and bring it as an upload.",
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _refuse_scheme(url: str) -> None:
    if urlsplit(url).scheme not in _SCHEMES:
        raise DataError("Only https addresses are fetched.", where=url[:200], fix="Bring the file as an upload.")


def _download(file: CatalogueFile, cache_folder: Path, tell: Callable[[int], None]) -> Path:
    _refuse_scheme(file.url)
    try:
        request = urllib.request.Request(file.url, headers={"User-Agent": "SeqDL"})
        with urllib.request.build_opener(_NamedHosts(file.hosts)).open(request, timeout=_SECONDS) as answer:
            content = _read(answer.read, file, tell)
            if getattr(answer, "length", None):  # what the host announced and did not send
                raise IncompleteRead(b"")
    except (OSError, HTTPException) as problem:
        raise DataError(
            f"The file could not be fetched: {_reason(problem)}.",
            where=file.url,
            fix="Check the connection, or fetch the file in another way and bring it as an upload.",
        ) from None
    if file.sha256 and hashlib.sha256(content).hexdigest() != file.sha256:
        raise _not_expected(file)
    used = _member(content, file) if file.member else content
    if hashlib.sha256(used).hexdigest() != file.expected:
        raise _not_expected(file)
    replace_file(cache_folder / file.expected, used)
    return cache_folder / file.expected


def _reason(problem: OSError | HTTPException) -> str:
    """Why a download failed, in words; what a host says may be long."""
    if isinstance(problem, IncompleteRead):
        return "the host closed the connection before the end of the file"
    if not isinstance(problem, OSError):
        return "the host sent what is no answer of a web server"
    return str(getattr(problem, "reason", None) or problem)[:200].rstrip(".")


def _read(receive: Callable[[int], bytes], file: CatalogueFile, tell: Callable[[int], None]) -> bytes:
    """What the host sends, up to its size and some slack: a wrong answer cannot fill the memory."""
    most = file.bytes + (_SLACK if not file.sha256 else 0)
    parts: list[bytes] = []
    size = 0
    while part := receive(_BLOCK):
        size += len(part)
        if size > most:
            raise _not_expected(file)
        parts.append(part)
        tell(size)
    return b"".join(parts)


def _member(content: bytes, file: CatalogueFile) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            name = next(name for name in archive.namelist() if PurePosixPath(name).match(file.member))
            if archive.getinfo(name).file_size > _SLACK:
                raise _not_expected(file)
            return archive.read(name)
    except (zipfile.BadZipFile, zlib.error, StopIteration, RuntimeError):
        raise _not_expected(file) from None


def _not_expected(file: CatalogueFile) -> DataError:
    return DataError(
        "What the host sent is not the file of the catalogue (its SHA-256 differs); nothing of it was kept.",
        where=file.url,
        fix="Look at the address in a browser; bring the file as an upload if it is right.",
    )
