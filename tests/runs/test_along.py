"""Values in bins along sequences, and pairs of positions: from files to the verdict and the predictions."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from seqdl_core.__main__ import main
from seqdl_core.data.dataset import Dataset
from seqdl_core.model_file import load_model
from seqdl_core.runs.parts import baseline_part, labelled, outputs_of, training_part
from seqdl_core.runs.parts import test_part as part_of_test
from seqdl_core.sequences.alphabets import reverse_complement
from seqdl_core.tasks import TASKS

Printed = pytest.CaptureFixture[str]


def run(*arguments: object) -> int:
    return main([str(one) for one in arguments])


def genome_and_track(folder: Path, windows: int = 60) -> list[Path]:
    """Windows of 32 bp, every other on the minus strand; a bin of 8 bp holds 4 reads a base where it is all A or T."""
    rng = np.random.default_rng(3)
    letters = rng.choice(list("CG"), (windows * 8, 8))
    rich = rng.random(windows * 8) < 0.4
    letters[rich] = "A"
    (folder / "g.fa").write_text(f">chr1\n{''.join(letters.ravel())}\n")
    (folder / "p.bed").write_text(
        "".join(f"chr1\t{64 * row}\t{64 * row + 32}\tw{row}\t0\t{'+-'[row % 2]}\n" for row in range(windows))
    )
    (folder / "cov.bedGraph").write_text(
        "".join(f"chr1\t{8 * place}\t{8 * place + 8}\t4\n" for place in np.flatnonzero(rich).tolist())
    )
    return [folder / "p.bed", folder / "g.fa", folder / "cov.bedGraph"]


@pytest.fixture
def tracks(tmp_path: Path) -> Dataset:
    assert run("import", *genome_and_track(tmp_path), "--task", "tracks", "--bin", 8, "--out", tmp_path / "set") == 0
    return Dataset.open(tmp_path / "set")


def test_bins_follow_the_letters_on_either_strand(tracks: Dataset) -> None:
    info = tracks.info
    assert (info.task, info.bins, info.bin_width, info.length, info.targets) == ("tracks", 4, 8, 32, ("cov",))
    for sequence, bins in zip(tracks.table["sequence"], tracks.table["bins"], strict=True):
        assert bins.tolist() == [4.0 * (set(sequence[at : at + 8]) <= set("AT")) for at in range(0, 32, 8)]


@pytest.mark.slow
def test_a_network_learns_the_track_and_its_predictions_can_be_drawn(
    tracks: Dataset, tmp_path: Path, capsys: Printed
) -> None:
    settings = ("epochs=8", "filters=8", "filter_width=8", "learning_rate=0.03", "batch_size=8", "blocks=1")
    assert (
        run("train", "--data", tracks.folder, "--architecture", "cnn", "--out", tmp_path / "r", "--set", *settings) == 0
    )
    capsys.readouterr()
    assert run("evaluate", tmp_path / "r", "--baselines", "--json") == 0
    judged = json.loads(capsys.readouterr().out)
    assert judged["metrics"]["pearson"]["value"] > 0.6 > abs(judged["baselines"]["mean_track"]["pearson"]["value"])
    assert judged["verdict"].startswith("Beats the mean track baseline by ")
    assert list(judged["metrics"]) == ["pearson", "pearson_along", "pearson_across", "poisson_loss"]
    assert load_model(tmp_path / "r" / "model.safetensors").card.bins == 4

    out, drawn = tmp_path / "o.npz", tmp_path / "drawn"
    assert run("predict", tmp_path / "r", "--sequences", tracks.folder, "--out", out, "--bedgraph", drawn) == 0
    arrays = np.load(out)
    assert arrays["ids"].tolist() == tracks.table["id"].tolist()
    assert arrays["tracks"].tolist() == ["cov"]
    assert (arrays["values"].shape, int(arrays["bin_width"]), int(arrays["first_letter"])) == ((60, 1, 4), 8, 0)
    lines = [line.split("\t") for line in (drawn / "cov.bedGraph").read_text().splitlines()]
    assert len(lines) == 60 * 4
    told = {int(start): float(value) for _, start, _, value in lines}
    for row in range(60):
        place = int(tracks.table["start"].iloc[row])
        along = arrays["values"][row, 0, :: -1 if tracks.table["strand"].iloc[row] == "-" else 1]
        assert [told[place + 8 * number] for number in range(4)] == pytest.approx(along.tolist(), rel=1e-4)


def test_without_a_place_for_arrays_nothing_is_computed(tracks: Dataset, tmp_path: Path, capsys: Printed) -> None:
    settings = ("epochs=1", "filters=4", "filter_width=8")
    run("train", "--data", tracks.folder, "--architecture", "cnn", "--out", tmp_path / "r", "--set", *settings)
    assert run("predict", tmp_path / "r", "--sequences", tracks.folder) == 2
    assert "--out FILE.npz" in capsys.readouterr().err
    (tmp_path / "s.fa").write_text(f">a\n{'A' * 32}\n>b\n{'A' * 17}\n")
    assert run("predict", tmp_path / "r", "--sequences", tmp_path / "s.fa", "--bedgraph", tmp_path / "d") == 2
    assert "where the sequences lie" in capsys.readouterr().err
    assert run("predict", tmp_path / "r", "--sequences", tmp_path / "s.fa", "--out", tmp_path / "o.npz") == 0
    known = np.isfinite(np.load(tmp_path / "o.npz")["values"][:, 0])
    assert known.tolist() == [[True] * 4, [True] * 3 + [False]]


def test_a_network_of_wider_bins_says_which_it_makes(tracks: Dataset, tmp_path: Path, capsys: Printed) -> None:
    arguments = ("--data", tracks.folder, "--architecture", "basenji", "--set", "tower_blocks=1")
    assert run("train", *arguments, "--out", tmp_path / "r") == 2
    told = capsys.readouterr().err
    assert "makes bins of 4 bases; the data were measured in bins of 8" in told
    assert "`--bin 4`" in told


def test_padding_is_not_measured_and_the_other_strand_reads_the_bins_backwards(tmp_path: Path) -> None:
    (tmp_path / "t.tsv").write_text(
        "name\tsequence\tcoverage\tsplit\n"
        "a\tACGTAC\t1,2,3,4,5,6\ttrain\nb\tACGG\t7,0,nan,9\ttrain\nc\tTTGGCA\t0,0,1,1,2,2\ttest\n"
    )
    arguments = ("--task", "tracks", "--alphabet", "dna", "--strands", "both")
    assert run("import", tmp_path / "t.tsv", "--out", tmp_path / "set", *arguments) == 0
    dataset = Dataset.open(tmp_path / "set")
    assert (dataset.info.bins, dataset.info.bin_width) == (6, 1)
    part = training_part(dataset)
    nan = np.nan
    np.testing.assert_array_equal(part.targets, [[[1, 2, 3, 4, 5, 6]], [[7, 0, nan, 9, nan, nan]]])
    np.testing.assert_array_equal(baseline_part(dataset, 1).targets, part.targets)
    assert np.isnan(part_of_test(dataset, 6, 1).labels).all()

    from seqdl_core.training.augmentation import Augmentation
    from seqdl_core.training.config import TrainingConfig

    augmentation = Augmentation(TrainingConfig(), part.alphabet, torch.device("cpu"))
    every, still = torch.ones(2, dtype=torch.bool), torch.zeros(2, dtype=torch.int64)
    turned = augmentation.targets(TASKS.get("tracks"), torch.from_numpy(part.targets), every, still).numpy()
    np.testing.assert_array_equal(turned, [[[6, 5, 4, 3, 2, 1]], [[nan, nan, 9, nan, 0, 7]]])
    letters = augmentation.letters(torch.from_numpy(part.codes), every, still).numpy()
    np.testing.assert_array_equal(letters, reverse_complement(part.codes, part.alphabet))


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (("1,2,3,4", "1,-2,3,4"), "The lowest value is -2, and counts are never negative."),
        (("1,2,3,4", "1,2,3"), "The row has 3 bins for 4 letters, not one for every 1"),
        (("1,2,3,4", "1,2,x,4"), "The row has something else than numbers among its bins"),
    ],
)
def test_bins_that_cannot_be_counts(tmp_path: Path, capsys: Printed, cells: tuple[str, str], told: str) -> None:
    rows = "".join(f"r{number}\tACG{'ACGT'[number]}\t{cell}\n" for number, cell in enumerate((*cells, cells[0])))
    (tmp_path / "t.tsv").write_text(f"name\tsequence\tcoverage\n{rows}")
    arguments = ("--task", "tracks", "--alphabet", "dna", "--label-column", "coverage", "--out", tmp_path / "set")
    assert run("import", tmp_path / "t.tsv", *arguments) == 2
    assert told in capsys.readouterr().err


def test_bins_that_do_not_fill_the_windows_are_one_problem(tmp_path: Path, capsys: Printed) -> None:
    files = genome_and_track(tmp_path)
    assert run("import", *files, "--task", "tracks", "--bin", 10, "--out", tmp_path / "set") == 2
    told = capsys.readouterr().err
    assert "A window of 32 letters is no whole number of bins of 10." in told
    assert "Choose windows of 30 or 40" in told
    assert "Also:" not in told


def hairpins(folder: Path, rows: int = 60) -> Path:
    """A stem of four pairs around a loop of U, behind a few A: where it lies is told by the letters alone."""
    rng = np.random.default_rng(5)
    lines = []
    for row in range(rows):
        stem = "".join(rng.choice(list("GC"), 4))
        back = stem[::-1].translate(str.maketrans("GC", "CG"))
        before, loop = "A" * (row % 6), "U" * int(rng.integers(3, 6))
        letters = f"{before}{stem}{loop}{back}"
        lines.append(f">r{row}\n{letters}\n{'.' * len(before)}(((({'.' * len(loop)}))))\n")
    (folder / "r.fa").write_text("".join(lines))
    return folder / "r.fa"


def test_structures_are_learned_as_classes_unless_a_person_says_pairs(tmp_path: Path) -> None:
    file = hairpins(tmp_path)
    assert run("import", file, "--out", tmp_path / "classes") == 0
    assert run("import", file, "--task", "contacts", "--out", tmp_path / "pairs") == 0
    classes, pairs = Dataset.open(tmp_path / "classes"), Dataset.open(tmp_path / "pairs")
    assert (classes.info.task, classes.info.label_names, classes.info.alphabet) == ("residues", ("P", "U"), "rna")
    for structure, residues in zip(classes.table["structure"], classes.table["residues"], strict=True):
        assert residues == "".join("U" if sign == "." else "P" for sign in structure)
    assert (pairs.info.task, outputs_of(pairs.info)) == ("contacts", 1)
    assert "residues" not in pairs.table.columns


@pytest.mark.slow
def test_a_network_learns_pairs_and_gives_their_matrices(tmp_path: Path, capsys: Printed) -> None:
    assert run("import", hairpins(tmp_path), "--task", "contacts", "--out", tmp_path / "set") == 0
    dataset = Dataset.open(tmp_path / "set")
    part = training_part(dataset)
    assert part.targets.shape == part.codes.shape  # a partner a position, not a matrix a sequence
    dense = TASKS.get("contacts").dense
    assert dense is not None
    matrices = dense(torch.from_numpy(part.targets))
    assert float(torch.nansum(matrices)) == 8 * len(part.codes)

    settings = ("epochs=4", "width=16", "layers=1", "heads=2", "pair_channels=8", "pair_blocks=2", "batch_size=8")
    arguments = ("--data", tmp_path / "set", "--architecture", "rna_structure", "--out", tmp_path / "r", "--set")
    assert run("train", *arguments, *settings) == 0
    capsys.readouterr()
    assert run("evaluate", tmp_path / "r", "--baselines", "--json") == 0
    judged = json.loads(capsys.readouterr().out)
    assert list(judged["metrics"]) == ["average_precision", "precision_l5", "precision_l2", "precision_l", "f1"]
    assert judged["baselines"].keys() == {"pairing"}
    assert judged["n"] == 12

    assert run("predict", tmp_path / "r", "--sequences", tmp_path / "set", "--out", tmp_path / "o.npz") == 0
    arrays = np.load(tmp_path / "o.npz")
    assert arrays["ids"].tolist() == dataset.table["id"].tolist()
    for number, sequence in enumerate(dataset.table["sequence"]):
        matrix = arrays[f"probabilities_{number}"]
        assert matrix.shape == (len(sequence),) * 2
        assert (matrix == matrix.T).all()
        assert matrix.max() < 1


def test_brackets_that_do_not_match_are_named(tmp_path: Path, capsys: Printed) -> None:
    table = hairpins(tmp_path, 20).read_text().splitlines()
    rows = [f"{table[3 * row][1:]},{table[3 * row + 1]},{table[3 * row + 2]}" for row in range(20)]
    rows[4] = rows[4].replace("((((", "(((.")
    (tmp_path / "t.csv").write_text("\n".join(["id,sequence,structure", *rows]) + "\n")
    arguments = ("--task", "contacts", "--alphabet", "rna", "--out", tmp_path / "set")
    assert run("import", tmp_path / "t.csv", *arguments) == 2
    told = capsys.readouterr().err
    assert "The row has a structure whose brackets do not match." in told
    assert "line 6 of t.csv" in told


def test_a_data_set_of_bins_is_sealed(tracks: Dataset, tmp_path: Path) -> None:
    table = tracks.table.copy()
    table.at[0, "bins"] = table["bins"].iloc[0] + 1
    assert Dataset.create(tmp_path / "other", table, tracks.info).hash != tracks.hash
    assert Dataset.open(tmp_path / "other").table["bins"].iloc[0].dtype == np.float32
    rows = labelled(
        tracks.table, tracks.alphabet, 32, np.random.default_rng(1), shuffle=False, task="tracks", outputs=1, bins=4
    )
    assert rows.targets.shape == (60, 1, 4)
