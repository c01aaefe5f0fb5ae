"""Tracks: bigWig values beside pybigtools', bedGraph by hand, and damaged files that must not end the process."""

import random
from pathlib import Path

import numpy as np
import pandas as pd
import pybigtools
import pytest

from seqdl_core.errors import DataError, ReadError, SeqDLError
from seqdl_core.sequences.readers import BinaryFile, FileIdentity, RawTable
from seqdl_core.sequences.readers.bigbed import READER as BIGBED
from seqdl_core.sequences.readers.bigwig import READER as BIGWIG
from seqdl_core.sequences.tracks import Track, stem_of

STRETCHES = [("chr1", 10, 20, 2.0), ("chr1", 30, 40, -1.0), ("chr1", 40, 45, 5.0), ("chr2", 0, 5, 0.0)]


def bigwig(path: Path, stretches: list[tuple[str, int, int, float]], sizes: dict[str, int]) -> Path:
    pybigtools.open(str(path), "w").write(sizes, stretches)
    return path


def bedgraph(stretches: list[tuple[str, int, int, float]]) -> RawTable:
    cells = pd.DataFrame(stretches, columns=["chrom", "start", "end", "value"]).astype(str)
    lines = np.arange(1, len(cells) + 1, dtype=np.int64)
    return RawTable(FileIdentity("signal.bedGraph.gz", 1, ""), "bedgraph", cells, lines, kind="track", one_based=False)


@pytest.fixture(params=["bigwig", "bedgraph"])
def track(request: pytest.FixtureRequest, tmp_path: Path) -> Track:
    if request.param == "bedgraph":
        return Track.of_table(bedgraph(STRETCHES))
    return Track.open(bigwig(tmp_path / "signal.bw", STRETCHES, {"chr1": 1000, "chr2": 500}))


def test_summaries_by_hand(track: Track) -> None:
    assert track.name == "signal"
    starts, ends = np.array([0, 15, 38, 50, 0, 0, 20]), np.array([100, 35, 42, 60, 3, 9, 30])
    chroms = ["chr1", "1", "chr1", "chr1", "chr2", "chr9", "chr1"]
    # 0-100: 10 places of 2, 10 of -1, 5 of 5; 15-35: 5 of 2, 5 of -1; 38-42: 2 of -1, 2 of 5; the rest is silent.
    nothing = np.nan
    assert_same(track.summarise(chroms, starts, ends), [35 / 25, 0.5, 2.0, nothing, 0.0, nothing, nothing])
    assert_same(track.summarise(chroms, starts, ends, "sum"), [35, 5, 8, nothing, 0, nothing, nothing])
    assert_same(track.summarise(chroms, starts, ends, "max"), [5, 2, 5, nothing, 0, nothing, nothing])
    assert_same(track.values("chr1", 18, 32), [2, 2, *[nothing] * 10, -1, -1])
    assert track.values("chr1", 5, 5).size == 0


def assert_same(found: np.ndarray, wanted: list[float]) -> None:
    np.testing.assert_allclose(found, np.array(wanted, float), equal_nan=True)


def test_bigwig_values_are_those_of_pybigtools(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    sizes = {"chr1": 400_000, "chr2": 90_000, "scaffold_with_a_long_name": 5_000}
    stretches = []
    for chrom, size in sizes.items():
        cuts = np.sort(rng.choice(size, size // 20 * 2, replace=False)).tolist()
        values = np.float32(rng.normal(size=len(cuts) // 2)).tolist()
        stretches += [(chrom, *ends, value) for *ends, value in zip(cuts[::2], cuts[1::2], values, strict=True)]
    path = bigwig(tmp_path / "a.bw", stretches, sizes)
    track, peer = Track.open(path), pybigtools.open(str(path))
    assert dict(zip(track.contigs, track.contigs, strict=True)).keys() == peer.chroms().keys()
    chroms = rng.choice(list(sizes), 300).tolist()
    starts = np.array([rng.integers(0, sizes[chrom] - 900) for chrom in chroms])
    ends = starts + rng.integers(1, 900, 300)
    wanted = []
    for chrom, start, end in zip(chroms, starts.tolist(), ends.tolist(), strict=True):
        values = peer.values(chrom, start, end, fillna=None)
        np.testing.assert_array_equal(track.values(chrom, start, end), values)
        known = values[~np.isnan(values)]
        wanted.append([f(known) if known.size else np.nan for f in (np.mean, np.sum, np.max)])
    for column, how in enumerate(("mean", "sum", "max")):
        np.testing.assert_allclose(track.summarise(chroms, starts, ends, how), np.array(wanted)[:, column], atol=1e-9)


def test_the_reader_lists_contigs(tmp_path: Path) -> None:
    path = bigwig(tmp_path / "a.bw", STRETCHES, {"chr1": 1000, "chr2": 500})
    assert BIGWIG.recognises_bytes is not None
    assert BIGWIG.read_binary is not None
    assert BIGWIG.recognises_bytes(path.read_bytes()[:64])
    assert not BIGWIG.recognises_bytes(b">chr1\nACGT")
    table = BIGWIG.read_binary(BinaryFile("signal.bigWig", 1, "", path=path), "auto")
    assert table.kind == "track"
    assert table.cells.to_numpy().tolist() == [["chr1", "1000"], ["chr2", "500"]]
    assert_same(Track.of_table(table).values("chr1", 44, 46), [5, np.nan])


def test_bigbed_is_read_as_intervals(tmp_path: Path) -> None:
    path = tmp_path / "a.bb"
    rows = [("chr1", 1, 20, "n1\t5\t+"), ("chr1", 30, 40, "n2\t7\t?"), ("chr2", 0, 3, "n3\t1\t-")]
    pybigtools.open(str(path), "w").write({"chr1": 1000, "chr2": 50}, rows)
    assert BIGBED.recognises_bytes is not None
    assert BIGBED.read_binary is not None
    assert BIGBED.recognises_bytes(path.read_bytes()[:64])
    table = BIGBED.read_binary(BinaryFile("a.bb", 1, "", path=path), "auto")
    assert (table.kind, table.one_based, table.name_column) == ("intervals", False, "name")
    assert table.cells.columns.tolist() == ["chrom", "start", "end", "name", "score", "strand"]
    assert table.cells.to_numpy().tolist() == [
        ["chr1", "1", "20", "n1", "5", "+"],
        ["chr1", "30", "40", "n2", "7", "."],
        ["chr2", "0", "3", "n3", "1", "-"],
    ]
    with pytest.raises(ReadError, match="intervals, not values"):
        Track.open(path)


def test_damaged_bigwigs_are_named_errors(tmp_path: Path) -> None:
    stretches = [("chr1", at * 10, at * 10 + 7, float(at)) for at in range(90)]
    whole = bigwig(tmp_path / "a.bw", stretches, {"chr1": 1000}).read_bytes()
    damaged = tmp_path / "damaged.bw"
    rng = random.Random(1)
    refused: list[SeqDLError] = []
    for number in range(600):
        content = bytearray(whole)
        for _ in range(rng.randrange(1, 6)):
            content[rng.randrange(len(content))] = rng.randrange(256)
        if number % 5 == 0:
            content = content[: rng.randrange(4, len(content))]
        damaged.write_bytes(bytes(content))
        try:
            track = Track.open(damaged)
            track.summarise(["chr1"], np.array([0]), np.array([900]))
        except SeqDLError as problem:
            refused.append(problem)
    assert len(refused) > 200
    assert all(problem.where and problem.fix for problem in refused)


def test_overlapping_stretches_are_refused_with_their_line() -> None:
    with pytest.raises(DataError, match="overlaps the one on line 1") as caught:
        Track.of_table(bedgraph([("chr1", 10, 20, 1.0), ("chr2", 0, 5, 1.0), ("chr1", 19, 25, 2.0)]))
    assert caught.value.where == "line 3 of signal.bedGraph.gz"


def test_columns_are_named_after_files() -> None:
    assert stem_of("folder/H3K4me3.pooled.bigWig") == "H3K4me3"
    assert stem_of(".hidden") == ".hidden"
