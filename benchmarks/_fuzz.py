"""Mutated files: small valid files of every format, damaged at random, must be read or refused with our own errors.

A failure is an exception that is not SeqDL's own, or an input that takes more than a second of the processor. One
input in ``INSPECTED`` goes on through the whole inspection of an import.
"""

import gzip
import io
import os
import random
import struct
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from benchmarks import Measurement, Row, row
from seqdl_core.data.importing import inspect
from seqdl_core.errors import SeqDLError
from seqdl_core.sequences.readers import read_tables

SLOW = 1.0
INSPECTED = 25
COUNT = int(os.environ.get("SEQDL_FUZZ", "20000"))
"""Inputs of each format that the benchmark tries; the goal of 1,000,000 takes hours."""

_TEXT = {
    "fasta": (
        b">a|1|training\nACGTACGTAC\n>b|0|testing\nTTTTACGTAA\n",
        b">S0 TARGET=1.5 SET=train VALIDATION=False\nMKV*\n>S1 TARGET=0 SET=test VALIDATION=True\nMAAW\n",
        b"> chr1,+,10,20; class:0\nACGTACGTACG\n> chr2,-,10,20; class:1\nACGTACGTACG\n",
        b">h chr1:5-15(+)\nGGGGAAACCCC\n((((...)))) (-3.40)\n>k chr1:9-20(-)\nGGGAAACCC\n(((...)))\n",
        b">a\nAC-GTac..\n>b\nACTGTa...\n>c\nA--GTacgt\n",
        b">0,2\nACGT\n>1\nAAAA\n>0,1\nCCCC\n",
    ),
    "fastq": (b"@r1 x\nACGT\n+\nIIII\n@r2\nAC\nGT\n+r2\n!!\n~~\n", b"@a\nA\n+\nh\n@b\nT\n+\nB\n"),
    "stockholm": (
        b"# STOCKHOLM 1.0\n#=GF ID x\nab/1-4 AC.GT-\ncd/1-4 ACaGTT\n#=GR cd/1-4 SS ......\n#=GC SS_cons <<..>>\n//\n",
    ),
    "bare": (b"ACGT" * 15 + b"\n" + b"TTTT" * 15 + b"\nACG\n",),
    "delimited": (
        b"name\tseq\tlabel\na\tACGTAC\t1\nb\tTTTTTT\t0\n",
        b'"id";"sequence";"score"\n"x";"ACGT";"1,5"\n"y";"AAAA";"-2,5e3"\n',
        b"mutant,DMS_score,DMS_score_bin\nA1P:D2N,0.5,1\nA1G,-0.1,0\n",
        b"hgvs_pro,score\np.Ala24Pro,0.1\np.[Asn18Leu;Glu22Tyr],2\n_wt,1\n",
        b"sequence,target,set,validation\nMKV,HHE,train,\nMAA,EEE,test,True\n",
        b"Chrom\tPos\tRef\tAlt\tCoefficient\tRelease\n1\t10\tA\tG\t0.5\tGRCh38\n1\t11\tC\t-\t1\tGRCh37\n",
    ),
    "vcf": (
        b"##fileformat=VCFv4.2\n##contig=<ID=1,length=99>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ts\n"
        b"1\t5\trs1\tA\tG,<DEL>\t9.5\tPASS\tDP=3;AF=0.5\tGT:DP\t0|1:3\n1\t9\t.\tAC\tA\t.\t.\t.\tGT\t./.\n",
        b"chr1\t109817590\t-\tG\tT\nchr2\t20\t-\tA\tC\n",
    ),
    "gff3": (
        b"##gff-version 3\n##sequence-region c 1 20\nc\tx\tgene\t1\t9\t.\t+\t.\tID=g1;Name=a%20b\n"
        b"c\tx\tCDS\t1\t9\t0.5\t+\t0\tParent=g1\n##FASTA\n>c\nACGTACGTACGTACGTACGT\n",
        b'c\tx\texon\t1\t9\t.\t-\t.\tgene_id "g"; transcript_id "t";\n',
    ),
    "bed": (
        b"track name=x\nchr1\t10\t20\tp1\t5\t+\nchr2\t5\t9\tp2\t7\t-\n",
        b"chr1\t10\t200\tp\t9\t.\t1.5\t2.5\t-1\t50\nchr1\t300\t400\tq\t9\t.\t1.5\t2.5\t-1\t-1\n",
        b"chr11:5,247,500-5,247,504\nchrX:1-9\n",
        b"chr1\t0\t100\tg\t0\t+\t0\t100\t0,0,0\t2\t10,20,\t0,80,\n",
    ),
    "bedgraph": (
        b"track type=bedGraph\nchr1\t0\t10\t1.5\nchr1\t10\t20\t-2\n",
        b"fixedStep chrom=chr1 start=1 step=5 span=5\n1\n2.5\nvariableStep chrom=chr2 span=2\n10 1\n20 3\n",
    ),
    "genbank": (
        b"LOCUS       X1                20 bp    DNA     linear   UNK 01-JAN-2000\nDEFINITION  d.\nACCESSION   X1\n"
        b"FEATURES             Location/Qualifiers\n     promoter        complement(2..8)\n"
        b'                     /label="p"\n     CDS             join(1..3,5..9)\n'
        b'                     /gene="g"\nORIGIN\n        1 acgtacgtac gtacgtacgt\n//\n',
    ),
    "embl": (
        b"ID   X1; SV 1; linear; DNA; STD; UNC; 20 BP.\nAC   X1;\nFH   Key             Location/Qualifiers\n"
        b'FT   promoter        2..8\nFT                   /label="p"\nSQ   Sequence 20 BP;\n'
        b"     acgtacgtac gtacgtacgt                                                    20\n//\n",
    ),
    "folds": (b'{"train": ["chr1", "chr2"], "valid": ["chr3"], "test": ["chr4"]}\n',),
}
_SPECIAL = (
    *(
        b"\0",
        b"\xff",
        b"\xfe\xff",
        b"\xef\xbb\xbf",
        b"\x1f\x8b",
        b"PK\x03\x04",
        b"\r",
        b"\r\n",
        b"\n\n",
        b"\t",
        b" ",
        b",",
    ),
    *(
        b";",
        b"|",
        b'"',
        b"'",
        b">",
        b"@",
        b"+",
        b"#",
        b"//",
        b"\\",
        b"%00",
        b"%",
        b"=",
        b":",
        b"-",
        b".",
        b"*",
        b"~",
        b"((",
    ),
    *(
        b"nan",
        b"inf",
        b"-inf",
        b"1e999",
        b"-1",
        b"0",
        b"99999999999999999999",
        b"0x10",
        b"1_000",
        "é".encode(),
        "𝔸".encode(),
    ),
    *(
        "٣".encode(),
        "\u2028".encode(),
        "\u202e".encode(),
        b"\x0b",
        b"\x0c",
        b"\x1c",
        b"\x85",
        b"<script>",
        b"__proto__",
    ),
    *(b"name", b"sequence", b"label", b"split", b"None", b"NA", b"=1+1", b"../", b"ACGT" * 50, b"A" * 300),
)
_SEPARATORS = b"\t,;| :=\n"
_NUMBERS = (b"0", b"-1", b"2147483648", b"9223372036854775808", b"1e308", b"9" * 40, b"9" * 5000, b"0.0000001")


@dataclass
class Fuzzed:
    """What mutated inputs of one format did; ``failures`` hold the exception and the input."""

    format: str
    count: int = 0
    read: int = 0
    slowest_seconds: float = 0.0
    failures: list[tuple[str, bytes]] = field(default_factory=list)


def seeds() -> dict[str, tuple[bytes, ...]]:
    """Small valid files of every reader, and of gzip and zip around them."""
    inner = _TEXT["fasta"][0]
    return {
        **_TEXT,
        "gzip": (gzip.compress(inner, mtime=0), gzip.compress(_TEXT["delimited"][0], mtime=0)),
        "zip": (_zip({"a.fa": inner, "README.txt": b"x", "d/b.csv": _TEXT["delimited"][1]}),),
        "workbook": (_workbook(),),
        "snapgene": (_snapgene(),),
        "bigwig": (_bigwig(),),
        "bigbed": (_bigbed(),),
    }


def mutate(content: bytes, other: bytes, rng: random.Random) -> bytes:
    """One to four random changes; ``other`` is a file to take a piece from."""
    changed = bytearray(content)
    for _ in range(rng.randint(1, 4)):
        size = len(changed)
        if not size:
            return bytes(rng.choice(_SPECIAL))
        start = rng.randrange(size)
        end = min(size, start + rng.choice((1, 2, 4, 16, 64, 256)))
        match rng.randrange(9):
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
            case 5:
                changed[start:start] = rng.choice(_SPECIAL)
            case 6:
                one, two = rng.sample(range(len(_SEPARATORS)), 2)
                swap = bytes.maketrans(_SEPARATORS[one : one + 1], _SEPARATORS[two : two + 1])
                changed = bytearray(changed.translate(swap)) if rng.random() < 0.5 else changed
                changed[start:end] = changed[start:end].translate(swap)
            case 7:
                digits = [place for place, byte in enumerate(changed) if 48 <= byte <= 57]
                if digits:
                    place = rng.choice(digits)
                    changed[place : place + 1] = rng.choice(_NUMBERS)
            case _:
                del changed[start:]
    return bytes(changed)


def fuzz(form: str, count: int, seed: int) -> Fuzzed:
    """Read ``count`` mutated files of one format. The same seed gives the same files."""
    rng = random.Random(f"{form} {seed}")
    starts = _cached_seeds()
    own, others = starts[form], [content for contents in starts.values() for content in contents]
    result = Fuzzed(form)
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared if os.access(shared, os.W_OK) else None) as folder:
        path = Path(folder) / "input"
        for number in range(count):
            content = mutate(rng.choice(own), rng.choice(others), rng) if number >= len(own) else own[number]
            path.write_bytes(content)
            _try(path, content, result, number % INSPECTED == 0)
    return result


def _try(path: Path, content: bytes, result: Fuzzed, through: bool) -> None:
    result.count += 1
    for attempt in range(2):  # the first input of a format also loads its library
        began = time.process_time()
        try:
            tables = read_tables(path)
            if through:
                inspect([path])
            result.read += attempt == 0
            for table in tables:
                table.where(len(table) - 1) if len(table) else None
        except SeqDLError:
            pass
        except Exception as problem:  # noqa: BLE001 - what is not ours is what is looked for
            result.failures.append((_told(problem), content))
            return
        seconds = time.process_time() - began
        if seconds <= SLOW:
            result.slowest_seconds = max(result.slowest_seconds, seconds)
            return
    result.slowest_seconds = max(result.slowest_seconds, seconds)
    result.failures.append((f"took {seconds:.1f} s", content))


def _told(problem: Exception) -> str:
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    at = f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return f"{type(problem).__name__}: {problem}"[:300] + at


@cache
def _cached_seeds() -> dict[str, tuple[bytes, ...]]:
    return seeds()


def _zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def _workbook() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    for cells in (["name", "sequence", "score"], ["a", "ACGTACGT", 1.5], ["b", "TTTTACGT", -2]):
        book.active.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _snapgene() -> bytes:
    def packet(kind: int, content: bytes) -> bytes:
        return struct.pack(">BI", kind, len(content)) + content

    notes = b"<Notes><Type>Synthetic</Type></Notes>"
    features = (
        b'<?xml version="1.0"?><Features><Feature type="promoter" name="p" directionality="1">'
        b'<Segment range="2-8"/></Feature></Features>'
    )
    return (
        packet(9, b"SnapGene" + struct.pack(">HHH", 1, 14, 14))
        + packet(0, b"\x00" + b"ACGTACGTACGTACGTACGT")
        + packet(6, notes)
        + packet(10, features)
    )


def _written(name: str, write: Callable[[Path], None]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(path)
        return path.read_bytes()


def _bigwig() -> bytes:
    import pybigtools

    values = [("chr1", 0, 10, 1.5), ("chr1", 10, 20, -2.0), ("chr2", 5, 9, 3.0)]
    return _written("a.bw", lambda path: pybigtools.open(str(path), "w").write({"chr1": 100, "chr2": 50}, iter(values)))


def _bigbed() -> bytes:
    import pybigtools

    rows = [("chr1", 0, 10, "a\t5\t+"), ("chr2", 5, 9, "b\t7\t-")]
    return _written("a.bb", lambda path: pybigtools.open(str(path), "w").write({"chr1": 100, "chr2": 50}, iter(rows)))


def measure() -> Iterator[Row]:
    """Failures and the slowest input of each format."""
    for form in seeds():
        found = fuzz(form, COUNT, 1)
        note = f"of {found.count:,} inputs" + (f"; {found.failures[0][0]}" if found.failures else "")
        yield row(f"fuzz {form} failures", len(found.failures), target=0, want="at most", note=note)
        yield row(f"fuzz {form} slowest seconds", found.slowest_seconds, target=SLOW, want="at most")


MEASUREMENTS = (Measurement(("fuzz",), measure),)
