"""How fast sequences become codes, one-hot arrays and shuffles, beside the peers, in turns within one process.

Each figure is the peer's median time over ours, so 2 means twice as fast; low and high are the smallest and the largest
ratio of the rounds. What compiles does so before the first round.
"""

import importlib.util
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import Measurement, Row, row
from seqdl_core.sequences.alphabets import DNA
from seqdl_core.sequences.fasta_batches import BATCH_BYTES, batches, clean, rules, text_table
from seqdl_core.sequences.fasta_scanner import Scanner
from seqdl_core.sequences.shuffles import dinucleotide_shuffle

# Sizes and targets in one place.
ROUNDS = 11
FASTA_BYTES = 100_000_000
FASTA_LETTERS = {"101bp": 101, "1kb": 1000}
SHAPES = {"101bp": (20_000, 101), "1kb": (2_000, 1_000), "10kb": (200, 10_000)}
FASTA_TOOLS = ("seqdl", "pysam", "biopython", "import")
FASTA_TIMES = 1.0
ONE_HOT_TIMES = 4.0
SHUFFLE_TIMES = 1.0


def fasta(shape: str) -> Iterator[Row]:
    """A FASTA file to codes, beside pysam's FastxFile with a lookup table and Biopython's SimpleFastaParser.

    Ours is what imports large files, with the same table; ``import`` checks every letter and hashes both strands
    besides.
    """
    import pysam
    from Bio.SeqIO.FastaIO import SimpleFastaParser

    table = np.full(256, 255, np.uint8)
    for code, letter in enumerate("ACGTN"):
        table[[ord(letter), ord(letter.lower())]] = code
    with tempfile.TemporaryDirectory(prefix="seqdl-fasta-") as place:
        path = Path(place) / "records.fa"
        _write_fasta(path, FASTA_LETTERS[shape])

        def with_pysam() -> list[Any]:
            with pysam.FastxFile(str(path), persist=False) as file:
                return [table[np.frombuffer(record.sequence.encode(), np.uint8)] for record in file]

        def with_biopython() -> list[Any]:
            with path.open() as file:
                return [table[np.frombuffer(letters.encode(), np.uint8)] for _, letters in SimpleFastaParser(file)]

        def ours() -> list[Any]:
            with closing(Scanner(path, text_table(), BATCH_BYTES)) as scanner:
                return [table[batch.letters] for batch in batches(scanner)]

        def imported() -> list[Any]:
            read = rules(DNA, False, False)
            with closing(Scanner(path, text_table(), BATCH_BYTES)) as scanner:
                return [clean(batch, read) for batch in batches(scanner)]

        if not np.array_equal(np.concatenate(ours()), np.concatenate(with_pysam())):
            raise RuntimeError("the codes differ from pysam's")
        megabytes = path.stat().st_size / 1e6
        times = _in_turns([ours, with_pysam, with_biopython, imported], ROUNDS)
    yield _ratio(f"fasta_{shape}_times_pysam", times[0], times[1], FASTA_TIMES)
    yield _ratio(f"fasta_{shape}_times_biopython", times[0], times[2], FASTA_TIMES)
    for name, seconds in zip(FASTA_TOOLS, times, strict=True):
        speeds = [megabytes / one for one in seconds]
        yield row(f"fasta_{shape}_mb_per_second_{name}", statistics.median(speeds), low=min(speeds), high=max(speeds))


def one_hot(shape: str) -> Iterator[Row]:
    """Codes to a float32 tensor (N, 4, L), beside tangermeme's from strings to one tensor of the same shape and type.

    Ours is what training, predictions and explanations call.
    ``int8`` has the peer's own default type, which is a quarter of the bytes to write, against our float32.
    """
    figures = (f"one_hot_{shape}_times_tangermeme", f"one_hot_{shape}_times_tangermeme_int8")
    if not _there("tangermeme"):
        yield _absent(figures[0], "tangermeme", ONE_HOT_TIMES)
        return
    import torch
    from tangermeme.utils import one_hot_encode

    from seqdl_core import predict

    torch.set_num_threads(1)
    codes = np.random.default_rng(1).integers(0, 4, SHAPES[shape]).astype(np.uint8)
    strings, tensor = [DNA.decode(one) for one in codes], torch.from_numpy(codes)

    def peer(kind: Any) -> Any:
        return torch.stack([one_hot_encode(one, dtype=kind) for one in strings])

    if not torch.equal(peer(torch.float32), predict.one_hot(tensor, 4)):
        raise RuntimeError("the one-hot arrays differ from tangermeme's")
    calls = [partial(predict.one_hot, tensor, 4), partial(peer, torch.float32), partial(peer, torch.int8)]
    times = _in_turns(calls, ROUNDS)
    yield _ratio(figures[0], times[0], times[1], ONE_HOT_TIMES)
    yield _ratio(figures[1], times[0], times[2], None)


def shuffles(shape: str) -> Iterator[Row]:
    """Dinucleotide shuffles, beside seqpro's ``k_shuffle``, which uses all cores."""
    figure = f"shuffle_{shape}_times_seqpro"
    if not _there("seqpro"):
        yield _absent(figure, "seqpro", SHUFFLE_TIMES)
        return
    import seqpro

    rng = np.random.default_rng(1)
    codes = rng.integers(0, 4, SHAPES[shape]).astype(np.uint8)
    letters = seqpro.cast_seqs([DNA.decode(one) for one in codes])
    peer = partial(seqpro.k_shuffle, letters, 2, seqpro.DNA, length_axis=1, seed=1)
    times = _in_turns([partial(dinucleotide_shuffle, codes, rng), peer], ROUNDS)
    yield _ratio(figure, times[0], times[1], SHUFFLE_TIMES)


def _in_turns(calls: list[Callable[[], Any]], rounds: int) -> list[list[float]]:
    """Seconds of each call, one after the other in every round; the first round warms up and does not count."""
    seconds: list[list[float]] = [[] for _ in calls]
    for number in range(rounds + 1):
        for call, taken in zip(calls, seconds, strict=True):
            began = time.perf_counter()
            call()
            if number:
                taken.append(time.perf_counter() - began)
    return seconds


def _ratio(figure: str, ours: list[float], theirs: list[float], target: float | None) -> Row:
    ratios = [their / our for our, their in zip(ours, theirs, strict=True)]
    value = statistics.median(theirs) / statistics.median(ours)
    return row(figure, value, low=min(ratios), high=max(ratios), target=target)


@cache
def _there(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def _absent(figure: str, package: str, target: float | None) -> Row:
    note = f"{package} is not installed: pip install -r benchmarks/requirements.txt"
    return row(figure, None, target=target, note=note)


def _write_fasta(path: Path, letters: int) -> None:
    """Random DNA in records of ``letters`` on one line each."""
    rows = np.random.default_rng(1).integers(0, 4, (FASTA_BYTES // (letters + 24), letters))
    with path.open("wb", buffering=2**20) as file:
        for number, one in enumerate(np.frombuffer(b"ACGT", np.uint8)[rows]):
            file.write(b">chr1:%d-%d|%d\n%s\n" % (number, number + letters, number % 2, one.tobytes()))


_ONE_HOT_FIGURES = ("times_tangermeme", "times_tangermeme_int8")

MEASUREMENTS = (
    *(
        Measurement(
            tuple(f"fasta_{shape}_times_{peer}" for peer in ("pysam", "biopython"))
            + tuple(f"fasta_{shape}_mb_per_second_{tool}" for tool in FASTA_TOOLS),
            partial(fasta, shape),
        )
        for shape in FASTA_LETTERS
    ),
    *(
        Measurement(
            tuple(f"one_hot_{shape}_{kind}" for kind in _ONE_HOT_FIGURES),
            partial(one_hot, shape),
        )
        for shape in SHAPES
    ),
    *(Measurement((f"shuffle_{shape}_times_seqpro",), partial(shuffles, shape)) for shape in SHAPES),
)
