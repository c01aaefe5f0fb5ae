"""Random damage: what happens to a small valid file, of bytes, of letters, of whole files and of archives."""

import bz2
import gzip
import io
import random
import struct
import zipfile
import zlib

LONGEST_RUN = 30_000
"""Letters of the longest run that a mutation puts in, and columns of the widest table."""

_HOSTILE = (
    *(b"\0", b"\0" * 20, b"\xff", b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1f\x8b", b"PK\x03\x04", b"\x1a"),
    *(b"\r", b"\r\n", b"\n\n", b"\n\r", b"\x0b", b"\x0c", b"\x1c", b"\x1e", b"\x85", b"\x7f", b"\x1b[31m", b"\x08"),
    *(b"\t", b" ", b",", b";", b"|", b'"', b'""', b"'", b">", b"@", b"+", b"#", b"//", b"\\", b"%00", b"%", b"%zz"),
    *(b"=", b":", b"-", b".", b"*", b"~", b"((", b"<", b"[", b"{", b"$", b"&amp;", b"`", b"^", b"!"),
    *(b"nan", b"inf", b"-inf", b"1e999", b"-1", b"0", b"99999999999999999999", b"0x10", b"1_000", b"1e-400", b"--1"),
    *(b"<script>alert(1)</script>", b"<img src=x onerror=alert(1)>", b"<!DOCTYPE html><html>", b"__proto__"),
    *(b"=1+1", b"=cmd|' /C calc'!A0", b"@SUM(1+1)*cmd|' /C calc'!A0", b"+1+1", b"-2+3", b'=HYPERLINK("http://x")'),
    *(b"name", b"sequence", b"label", b"split", b"mutant", b"chrom", b"start", b"end", b"strand", b"_wt", b"wild_type"),
    *(b"None", b"NA", b"#N/A", b"True", b"../", b"../../etc/passwd", b"C:\\x", b"ACGT" * 50, b"A" * 300, b"ACDEFGHIKL"),
    *(b"\xed\xa0\x80", b"\xed\xb0\x80\xed\xa0\x80", b"\xc0\xaf", b"\xf0\x9f", b"\xf4\x90\x80\x80", b"\xe2\x28\xa1"),
    *(text.encode() for text in ("é", "e\u0301", "a" + "\u0301" * 60, "𝔸", "٣", "²", "１２", "ＡＣＧＴ")),
    *(text.encode() for text in ("\u2028", "\u2029", "\u202e", "\u2066", "\u200b", "\ufeff", "\ufffe", "\u0130", "ß")),
    *(text.encode() for text in ("\U0001f469\u200d\U0001f467", "\u05e9\u05dc", "\u0645\u0631", "日本", "АСТ")),
)  # fmt: skip
_SEPARATORS = b'\t,;| :=\n\r"'
_NUMBERS = (
    *(b"0", b"-1", b"-0", b"+5", b"2147483648", b"4294967296", b"9223372036854775808", b"18446744073709551616"),
    *(b"1e308", b"1e400", b"-1e400", b"9" * 40, b"9" * 5000, b"1" + b"0" * 5000, b"0." + b"1" * 5000, b"0.0000001"),
    *(b"1.", b".5", b"1,5", b"1_0", b"0x1F", b"1e5", b"NaN", "²".encode(), "٣".encode(), "１".encode(), b"1" * 13),
)
_RUNS = (
    *(b"A", b"ACGT", b"9", b"0", b" ", b"\t", b"\n", b",", b";", b"|", b"_", b".", b"-", b":", b"=", b'"', b"(", b")"),
    *(
        b"a=",
        b"a:",
        b"1,",
        b"1.",
        b"1-",
        b"a b ",
        b"()",
        b"A1P:",
        b"%41",
        b"<a>",
        b"label=1;",
        b"\na\tb",
        b"\n>",
        b"\\",
    ),
    *(b'""', b'"a",', b"1;", b"chr1:1-2 ", b"x|", b"[", b"p.", b"1e", b"\r", b"\n@", b"\n+\n", b"N_", b"/"),
    *("é".encode(), "\u0301".encode(), "\u2028".encode()),
)
_NAMES = (
    *("../x.fa", "..\\x.fa", "/etc/passwd", "C:\\x.fa", "a/../../b.fa", "./a.fa", "a//b.fa", "", ".", "..", "/", "a/"),
    *("x.zip", "x.fa.gz", "\u202ea.fa", "\U0001f469.fa", "a\u0301.fa", "<script>.fa", "=cmd.fa", "a\nb.fa", "a" * 3000),
    *("xl/workbook.xml", "xl/workbook.bin", "content.xml", "mimetype", "word/document.xml", "README", "CON", "nul.fa"),
    *("__MACOSX/a.fa", ".DS_Store", "con\0.fa", "META-INF/MANIFEST.MF", "xl/worksheets/sheet1.xml"),
)  # fmt: skip


def mutate(content: bytes, other: bytes, rng: random.Random) -> bytes:
    """One to four random changes; ``other`` is a file to take a piece from. A few files are changed as a whole too."""
    changed = bytearray(content)
    for _ in range(rng.randint(1, 4)):
        if not changed:
            return bytes(rng.choice(_HOSTILE))
        changed = _mutated_once(changed, other, rng)
    drawn = rng.random()
    if drawn < 0.004:
        return _with_run(bytes(changed), rng)
    if drawn < 0.006:
        return _widened(bytes(changed), rng)
    return _as_a_whole(bytes(changed), rng) if drawn < 0.03 else bytes(changed)


def mutate_packed(content: bytes, other: bytes, rng: random.Random) -> bytes:
    """The same for gzip and zip: half of them are packed again around a change, so that it gets past the checksums."""
    if rng.random() < 0.5:
        return mutate(content, other, rng)
    made = _packed_again(content, other, rng) if content[:2] == b"\x1f\x8b" else _archived_again(content, other, rng)
    return mutate(made, other, rng) if rng.random() < 0.1 else made


def _mutated_once(changed: bytearray, other: bytes, rng: random.Random) -> bytearray:
    size = len(changed)
    start = rng.randrange(size)
    end = min(size, start + rng.choice((1, 2, 4, 16, 64, 256)))
    match rng.randrange(12):
        case 0:
            changed[start] ^= 1 << rng.randrange(8)
        case 1:
            changed[start] = rng.randrange(256)
        case 2:
            del changed[start:end]
        case 3:
            changed[start:start] = changed[start:end] * rng.choice((1, 2, 30))
        case 4:
            place = rng.randrange(len(other))
            changed[start:end] = other[place : place + rng.choice((4, 32, 200))]
        case 5 | 6:
            changed[start:start] = rng.choice(_HOSTILE)
        case 7:
            one, two = rng.sample(range(len(_SEPARATORS)), 2)
            swap = bytes.maketrans(_SEPARATORS[one : one + 1], _SEPARATORS[two : two + 1])
            changed = bytearray(changed.translate(swap)) if rng.random() < 0.5 else changed
            changed[start:end] = changed[start:end].translate(swap)
        case 8:
            digits = [place for place, byte in enumerate(changed) if 48 <= byte <= 57]
            if digits:
                place = rng.choice(digits)
                changed[place : place + 1] = rng.choice(_NUMBERS)
        case 9:
            return bytearray(_lines_moved(bytes(changed), rng))
        case 10:
            width = rng.choice((1, 2, 4, 8))
            value = rng.choice((0, 1, 2 ** (8 * width) - 1, 2 ** (8 * width - 1), rng.randrange(2 ** (8 * width))))
            changed[start : start + width] = value.to_bytes(width, rng.choice(("little", "big")))
        case _:
            del changed[start:]
    return changed


def _lines_moved(content: bytes, rng: random.Random) -> bytes:
    """A line left out, brought twice, moved, or given or rid of a field."""
    lines = content.split(b"\n")
    at, to = rng.randrange(len(lines)), rng.randrange(len(lines))
    match rng.randrange(5):
        case 0:
            del lines[at]
        case 1:
            lines.insert(to, lines[at])
        case 2:
            lines[at], lines[to] = lines[to], lines[at]
        case 3:
            lines[at] += rng.choice((b"\t", b",", b";", b" ")) + rng.choice(_HOSTILE)
        case _:
            sign = rng.choice((b"\t", b",", b";"))
            lines[at] = sign.join(lines[at].split(sign)[:-1])
    return b"\n".join(lines)


def _with_run(content: bytes, rng: random.Random) -> bytes:
    """A very long line, number, header or cell."""
    unit = rng.choice(_RUNS)
    run = unit * (rng.choice((1000, 5000, LONGEST_RUN)) // len(unit))
    place = rng.randrange(len(content) + 1)
    return content[:place] + run + content[place:]


def _widened(content: bytes, rng: random.Random) -> bytes:
    """Very many columns: on one line, or on every line."""
    sign, cell = rng.choice((b"\t", b",", b";", b"|", b" ")), rng.choice((b"", b"a", b"1", b"ACGT", b"label", b"x=1"))
    extra = (sign + cell) * rng.choice((100, 2000, LONGEST_RUN // (len(cell) + 1)))
    lines = content.split(b"\n")
    if len(extra) > 5000 or rng.random() < 0.5:
        lines[rng.randrange(len(lines))] += extra
        return b"\n".join(lines)
    return b"\n".join(line + extra for line in lines[:30])


def _as_a_whole(content: bytes, rng: random.Random) -> bytes:
    """Another encoding, other ends of lines, or another wrapping."""
    text = content.decode("utf-8", "replace")
    match rng.randrange(12):
        case 0:
            return text.encode("utf-16")
        case 1:
            return text.encode("utf-16-be")
        case 2:
            return b"\xff\xfe" + text.encode("utf-16-le")[: rng.randrange(2 * len(text) + 1)]
        case 3:
            return text.encode("utf-32")
        case 4:
            return b"\xef\xbb\xbf" + content
        case 5:
            return content.replace(b"\n", b"\r")
        case 6:
            return content.replace(b"\n", b"\r\n")
        case 7:
            return content.replace(b"\n", "\u2028".encode())
        case 8:
            return content + b"\0" * rng.choice((1, 1000))
        case 9:
            return content.upper() if rng.random() < 0.5 else content.lower()
        case 10:
            return gzip.compress(content, 1, mtime=0)
        case _:
            return content * rng.choice((2, 20))


def _packed_again(content: bytes, other: bytes, rng: random.Random) -> bytes:
    """gzip around a changed text: once, twice, in several members, with a rest behind it, cut off, or as a bomb."""
    try:
        inner = zlib.decompressobj(31).decompress(content, 2**16)
    except zlib.error:
        inner = content
    inner = mutate(inner, other, rng)
    packed = gzip.compress(inner, 1, mtime=0)
    match rng.randrange(8):
        case 0:
            return gzip.compress(packed, 1, mtime=0)
        case 1:
            half = len(inner) // 2
            return gzip.compress(inner[:half], 1, mtime=0) + gzip.compress(inner[half:], 1, mtime=0)
        case 2:
            return packed + rng.choice((b"\0" * 100, b"rest", packed[:10]))
        case 3:
            return packed[: rng.randrange(len(packed))]
        case 4 if rng.random() < 0.1:
            return gzip.compress((inner or b"A") * (2**18 // max(1, len(inner))), mtime=0)
        case 5 if rng.random() < 0.05:
            return gzip.compress(inner + b"A" * 2**22, 1, mtime=0)
        case _:
            return packed


def _archived_again(content: bytes, other: bytes, rng: random.Random) -> bytes:
    """A zip archive around changed members or names, with an archive in it, or with very many members."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [(member.filename, archive.read(member)) for member in archive.infolist()]
    except Exception:  # noqa: BLE001 - whatever a broken archive does to the module
        return mutate(content, other, rng)
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(members))
        name, inner = members[at]
        match rng.randrange(8):
            case 0 | 1 | 2:
                members[at] = name, mutate(inner, other, rng)
            case 3:
                members[at] = rng.choice(_NAMES), inner
            case 4:
                members.append((rng.choice((name, *_NAMES)), rng.choice((inner, other, b""))))
            case 5:
                members[at] = rng.choice((name, "in.zip")), content
            case 6:
                members[at] = name, rng.choice((gzip.compress(inner, 1, mtime=0), bz2.compress(inner), other))
            case _ if len(members) > 1:
                del members[at]
            case _:
                pass
    if rng.random() < 0.005:
        members += [(f"{number}.fa", b">a\nA\n") for number in range(rng.choice((200, 1001)))]
    if rng.random() < 0.02:
        return _archive(members, rng.choice((zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)), rng)
    return _archive(members, rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)), rng)


def _archive(members: list[tuple[str, bytes]], kind: int, rng: random.Random) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", kind) as archive:
        seen: set[str] = set()
        for name, inner in members:
            entry = zipfile.ZipInfo("a")
            entry.filename = name if name not in seen else f"{name}{len(seen)}"
            seen.add(entry.filename)
            entry.compress_type = kind
            entry.external_attr = rng.choice((0, 0, 0, 0, 0o100644 << 16, 0o120777 << 16, 0o040755 << 16))
            try:
                archive.writestr(entry, inner)
            except (ValueError, struct.error, UnicodeError):
                continue
    return out.getvalue()
