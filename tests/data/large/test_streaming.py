"""Large FASTA files in batches: the same data set as the ordinary import where both can, little memory, Cancel."""

import gzip
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.content_hash import ContentHash
from seqdl_core.data.dataset import Dataset
from seqdl_core.data.importing import import_files
from seqdl_core.data.large.sample import inspect_large, is_large, take_sample
from seqdl_core.data.large.streaming import ImportCancelled, Progress, import_large
from seqdl_core.errors import ConfigError, DataError, ReadError, SeqDLError
from seqdl_core.sequences import fasta_batches

_PARTS = "seqdl_core.data.large.streaming.BATCH_BYTES"


def _letters(rng: np.random.Generator, length: int) -> str:
    return "".join(rng.choice(list("ACGT"), length))


def _records(count: int, length: int = 40) -> list[tuple[str, str]]:
    rng = np.random.default_rng(5)
    return [(f"r{number}|{number % 2}", _letters(rng, length)) for number in range(count)]


def _fasta(path: Path, records: list[tuple[str, str]]) -> Path:
    text = "".join(f">{header}\n{letters}\n" for header, letters in records)
    path.write_bytes(gzip.compress(text.encode(), mtime=0) if path.suffix == ".gz" else text.encode())
    return path


def _told(dataset: Dataset) -> list[str]:
    return [notice.sentence for notice in dataset.info.notices]


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_PARTS, 16_384)


@pytest.mark.parametrize("name", ["x.fa", "x.fa.gz"])
def test_the_same_data_set_as_the_ordinary_import(tmp_path: Path, name: str) -> None:
    parts = ["training", "testing", "training", "training"]
    records = [(f"{header}|{parts[n // 2 % 4]}", letters) for n, (header, letters) in enumerate(_records(600))]
    records[7] = (records[7][0], records[7][1].lower())
    records[8] = (records[8][0], "R" + records[8][1][1:])
    records[400] = (records[400][0], records[3][1])
    path = _fasta(tmp_path / name, records)
    large = import_large(path, tmp_path / "large", ImportChoices(), "x")
    plain = import_files([path], tmp_path / "plain", ImportChoices(), "x")
    assert large.hash == plain.hash
    pd.testing.assert_frame_equal(large.table, plain.table)
    for said in ("counts", "positives", "length", "label_names", "task", "alphabet", "sources", "split_way"):
        assert getattr(large.info, said) == getattr(plain.info, said)
    told = {notice.sentence for notice in large.info.notices}
    assert {notice.sentence for notice in plain.info.notices} <= told
    assert "1 row with a sequence that had occurred before, kept." in told
    assert Dataset.open(tmp_path / "large").hash == large.hash


def test_the_random_test_set_holds_both_strands_together(tmp_path: Path) -> None:
    records = _records(1000)
    turn = str.maketrans("ACGT", "TGCA")
    records += [(f"copy{n}|{n % 2}", letters.translate(turn)[::-1]) for n, (_, letters) in enumerate(records)]
    dataset = import_large(_fasta(tmp_path / "x.fa", records), tmp_path / "a", ImportChoices(test_fraction=0.3))
    split = dataset.table["split"].to_numpy()
    assert (split[:1000] == split[1000:]).all()
    assert 0.27 < (split == "test").mean() < 0.33
    again = import_large(tmp_path / "x.fa", tmp_path / "b", ImportChoices(test_fraction=0.3))
    other = import_large(tmp_path / "x.fa", tmp_path / "c", ImportChoices(test_fraction=0.3, seed=2))
    assert again.hash == dataset.hash != other.hash


def _anything(seed: int) -> tuple[list[tuple[str, str]], ImportChoices]:
    """Records with copies, other strands and unlike labels of the same letters, and choices of how to draw."""
    rng = np.random.default_rng(seed)
    kind, count = seed % 4, int(rng.integers(30, 400))
    pool = [_letters(rng, 8) for _ in range(max(8, count // int(rng.integers(1, 4))))]
    turn = str.maketrans("ACGT", "TGCA")
    records = []
    for number in range(count):
        letters = pool[int(rng.integers(len(pool)))] + "ACGT" * 8
        letters = letters.translate(turn)[::-1] if rng.random() < 0.3 else letters
        rare = int(rng.random() < (0.5, 0.1, 0.02)[seed % 3])
        label = {0: rare, 1: f"{rng.random():.3f}", 2: 1}.get(kind, rare)
        records.append((f"r{number}|{label}", letters))
    if kind in (0, 3):
        records += [("last|1", _letters(rng, 40)), ("least|1", _letters(rng, 40)), ("zero|0", _letters(rng, 40))]
    return records, ImportChoices(
        test_fraction=float(rng.uniform(0.1, 0.5)),
        seed=int(rng.integers(100)),
        split_way="random" if kind == 0 and seed % 3 == 0 else "auto",
        duplicates=("keep", "drop")[int(rng.integers(2))],
        negatives="shuffle" if kind == 2 else "ask",
        task="regression" if kind == 1 else "auto",
    )


@pytest.mark.parametrize("many", [15, 60, 20_000])
@pytest.mark.parametrize("seed", range(12))
def test_a_file_is_split_alike_however_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, many: int
) -> None:
    for module in ("parts.by_letters", "large.spilling"):
        monkeypatch.setattr(f"seqdl_core.data.{module}.MANY_GROUPS", many)
    records, choices = _anything(seed)
    path = _fasta(tmp_path / "x.fa", records)
    plain = import_files([path], tmp_path / "plain", choices, "x")
    large = import_large(path, tmp_path / "large", choices, "x")
    brought = [one.table[one.table["source"] == "x.fa"].reset_index(drop=True) for one in (large, plain)]
    pd.testing.assert_frame_equal(*brought)
    assert large.info.counts == plain.info.counts
    assert large.info.positives == plain.info.positives
    if choices.negatives != "shuffle":
        assert large.hash == plain.hash
    told = {notice.sentence for notice in large.info.notices if "drawn at random" in notice.what}
    assert told == {notice.sentence for notice in plain.info.notices if "drawn at random" in notice.what}
    assert told


def test_repeated_names_and_rows(tmp_path: Path) -> None:
    records = _records(500)
    records[450] = records[10]
    records[460] = ("r10|1", records[460][1])
    path = _fasta(tmp_path / "x.fa", records)
    kept = import_large(path, tmp_path / "kept", ImportChoices())
    assert kept.table["id"].tolist()[450] == "r10 (2)"
    assert kept.table["id"].tolist()[460] == "r10 (3)"
    assert kept.table["id"].is_unique
    assert "2 names that had occurred before, told apart by a number behind." in _told(kept)
    dropped = import_large(path, tmp_path / "dropped", ImportChoices(duplicates="drop"))
    assert len(dropped.table) == 499
    assert dropped.info.counts["train"] + dropped.info.counts["test"] == 499
    assert "1 row left out as repeats of a sequence with the same label." in _told(dropped)


def test_same_sequence_with_both_labels_is_counted(tmp_path: Path) -> None:
    records = _records(400)
    records[301] = (records[301][0], records[300][1])
    told = _told(import_large(_fasta(tmp_path / "x.fa", records), tmp_path / "x", ImportChoices()))
    assert "1 sequence with both labels, all rows kept." in told


@pytest.mark.parametrize(
    ("at", "record", "what", "where"),
    [
        (399, ("r399|1", "ACGTJ" * 8), "'J' is not a DNA letter", "line 800 of x.fa (record r399|1), letter 5"),
        (380, ("r380|1", ""), "There is no sequence here", "line 761 of x.fa (record r380|1)"),
        (390, ("r390|7", "ACGT" * 10), "The label '7' (label) is none of those", "line 781 of x.fa (record r390|7)"),
        (390, ("nothing", "ACGT" * 10), "The label is missing (label)", "line 781 of x.fa (record nothing)"),
    ],
)
def test_a_later_contradiction_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int, record: tuple[str, str], what: str, where: str
) -> None:
    monkeypatch.setattr("seqdl_core.data.large.sample._HEAD", 4096)
    monkeypatch.setattr("seqdl_core.data.large.sample._SLICES", 0)
    records = _records(400)
    records[at] = record
    path = _fasta(tmp_path / "x.fa", records)
    with pytest.raises((ReadError, DataError)) as caught:
        import_large(path, tmp_path / "x", ImportChoices())
    assert caught.value.what.startswith(what)
    assert caught.value.where == where
    assert not list(tmp_path.glob(".*"))
    assert not (tmp_path / "x").exists()
    left = import_large(path, tmp_path / "y", ImportChoices(bad_rows="drop"))
    assert len(left.table) == 399
    assert any("left out" in told for told in _told(left))


def test_labels_that_only_come_later_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seqdl_core.data.large.sample._HEAD", 8192)
    monkeypatch.setattr("seqdl_core.data.large.sample._SLICE", 1024)
    rng = np.random.default_rng(1)
    records = [(f"r{n}|{1 - n // 500}", _letters(rng, 40)) for n in range(1000)]
    dataset = import_large(_fasta(tmp_path / "x.fa", records), tmp_path / "x", ImportChoices())
    assert dataset.table["label"].tolist() == [1.0] * 500 + [0.0] * 500


def test_a_sample_knows_the_lines_of_its_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seqdl_core.data.large.sample._HEAD", 8192)
    monkeypatch.setattr("seqdl_core.data.large.sample._SLICE", 1024)
    path = _fasta(tmp_path / "x.fa", _records(1000))
    sample = take_sample(path, "x.fa")
    assert not sample.whole
    assert 900 < sample.rows < 1100
    names = sample.table.cells["name"].tolist()
    assert len(names) > 200
    assert sample.table.lines.tolist() == [2 * int(name[1:]) + 1 for name in names]
    found = inspect_large(path)
    assert not found.problems
    assert "of about" in found.notices[0].sentence


def test_shuffles_as_negatives(tmp_path: Path) -> None:
    records = [(name.split("|")[0], letters) for name, letters in _records(600)]
    path = _fasta(tmp_path / "x.fa", records)
    with pytest.raises(SeqDLError, match="positives only"):
        import_large(path, tmp_path / "x", ImportChoices())
    dataset = import_large(path, tmp_path / "y", ImportChoices(negatives="shuffle"))
    test = dataset.rows("test")
    assert (test["label"] == 1).sum() == (test["label"] == 0).sum() == dataset.info.positives["test"]
    assert dataset.info.negatives == "shuffle"
    assert dataset.table["id"].is_unique


def test_numbers_and_lengths(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    records = [(f"r{n} TARGET={n / 7:.3f} SET={'test' if n % 5 == 0 else 'train'}", _letters(rng, 30 + n % 4))
               for n in range(300)]  # fmt: skip
    path = _fasta(tmp_path / "x.fa", records)
    dataset = import_large(path, tmp_path / "x", ImportChoices())
    assert (dataset.info.task, dataset.info.length, dataset.info.split_way) == ("regression", 33, "column")
    assert dataset.table["label"].tolist() == [float(f"{n / 7:.3f}") for n in range(300)]
    cropped = import_large(path, tmp_path / "c", ImportChoices(lengths="crop"))
    assert set(cropped.table["sequence"].str.len()) == {30}
    assert cropped.table["sequence"][1] == records[1][1][:30]
    with pytest.raises(DataError, match="different lengths"):
        import_large(path, tmp_path / "r", ImportChoices(lengths="refuse"))


def test_progress_and_cancel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seqdl_core.data.large.spilling.MANY_GROUPS", 100)
    path = _fasta(tmp_path / "x.fa", _records(1000))
    steps: list[Progress] = []
    import_large(path, tmp_path / "x", ImportChoices(), "x", steps.append)
    done = [step.bytes_done for step in steps]
    assert done == sorted(done)
    assert done[-1] == path.stat().st_size == steps[0].bytes_total
    assert steps[-1].rows == 1000
    assert list(dict.fromkeys(step.stage for step in steps)) == ["reading", "checking"]
    before = sorted(tmp_path.iterdir())
    with pytest.raises(ImportCancelled):
        import_large(path, tmp_path / "y", ImportChoices(), "y", steps.append, lambda: len(steps) > len(done) + 3)
    assert sorted(tmp_path.iterdir()) == before


def test_a_chromosome_is_not_one_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fasta_batches, "MOST_LETTERS", 10_000)
    path = _fasta(tmp_path / "x.fa", [*_records(300), ("chr1|1", "ACGT" * 5000), *_records(3)])
    with pytest.raises(ReadError, match="too many for one sequence") as caught:
        import_large(path, tmp_path / "x", ImportChoices())
    assert caught.value.where == "line 601 of x.fa"


def test_only_large_fasta_files_and_tables_are_large(tmp_path: Path) -> None:
    fasta = _fasta(tmp_path / "x.fa", _records(100))
    packed = _fasta(tmp_path / "x.fa.gz", _records(100))
    table = tmp_path / "x.csv"
    table.write_text("a,b\n" * 5000)
    assert is_large(fasta, 1000)
    assert is_large(packed, 1000)
    assert not is_large(fasta, 10**6)
    assert is_large(table, 1000)
    assert is_large(table, 4 * table.stat().st_size)
    assert not is_large(table, 4 * table.stat().st_size + 4)
    (tmp_path / "prose.txt").write_text("No table and no sequence at all.\nOnly words of several kinds here.\n" * 500)
    assert not is_large(tmp_path / "prose.txt", 1000)
    assert not is_large(tmp_path / "missing.fa", 1000)


def test_from_where_on_a_file_is_large_can_be_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fasta = tmp_path / "reads.txt"
    fasta.write_text(">a\n" + "ACGT" * 2**18 + "\n")
    assert not is_large(fasta)
    monkeypatch.setenv("SEQDL_LARGE_MB", "1")
    assert is_large(fasta)
    monkeypatch.setenv("SEQDL_LARGE_MB", "much")
    with pytest.raises(ConfigError, match="SEQDL_LARGE_MB cannot be much"):
        is_large(fasta)


def test_the_hash_is_the_same_for_text_however_it_lies_in_memory() -> None:
    texts = ["", "ACGT", "é", "x" * 300]
    digests = set()
    for values in (pd.Series(texts, dtype="str"), pd.Series(texts, dtype=object), pd.Series(["z", *texts])[1:]):
        digest = ContentHash(["a"])
        digest.add(pd.DataFrame({"a": values.to_numpy(object)}, dtype=object) if values.dtype == object else
                   pd.DataFrame({"a": values}))  # fmt: skip
        digests.add(digest.hexdigest())
    assert len(digests) == 1


_MEASURED = """
import sys
from pathlib import Path
from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.large.streaming import import_large
def status(key):
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(key)) / 1024
small, large, out = map(Path, sys.argv[1:])
import_large(small, out / "small", ImportChoices())
Path("/proc/self/clear_refs").write_text("5")
before = status("VmRSS")
import_large(large, out / "large", ImportChoices())
print(status("VmHWM") - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak from Linux's /proc")
def test_memory_does_not_follow_the_file(tmp_path: Path) -> None:
    letters = str.maketrans({str(digit): 8 * "ACGTTGCATGACCTGA"[digit : digit + 4] for digit in range(10)})
    with (tmp_path / "large.fa").open("w") as file:
        for number in range(350_000):
            file.write(f">r{number}|{number % 2}\n{str(10**6 + number).translate(letters)}\n")
    small = _fasta(tmp_path / "small.fa", _records(500))
    assert (tmp_path / "large.fa").stat().st_size > 75e6
    command = [sys.executable, "-c", _MEASURED, str(small), str(tmp_path / "large.fa"), str(tmp_path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert float(done.stdout) < 300
