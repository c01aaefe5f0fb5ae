"""The command simulate: data for people who have none."""

import json
from pathlib import Path

import pytest

from seqdl_core.__main__ import main
from seqdl_core.data.dataset import Dataset


def test_simulate_writes_a_data_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["simulate", "--motifs", "ELK1, MA0083", "--sequences", "80", "--length", "60", "--seed", "3"]
    assert main([*asked, "--out", str(tmp_path / "set"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    dataset = Dataset.open(tmp_path / "set")
    assert found["hash"] == dataset.hash
    assert found["counts"] == {"train": 60, "test": 20}
    assert [motif["name"] for motif in found["motifs"]] == ["ELK1", "SRF"]
    assert dataset.info.length == 60
    assert dataset.info.truth["seed"] == 3


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--motifs", "ELK99"], "ELK9"),
        (["--motifs", ","], "names no motif"),
        (["--sequences", "7"], "'sequences' cannot be '7'"),
        (["--seed", "-1"], "'seed' cannot be '-1'"),
        (["--length", "20"], "cannot hold"),
        (["--logic", "ELK1 and"], "a motif is missing at the end"),
        (["--logic", "ELK1 and SRFF"], "no motif called 'SRFF'"),
        (["--background", "gc"], "none are given"),
        (["--given", "x.fa"], "this background is random"),
        (["--spacing", "9-2"], "'spacing' cannot be '9-2'"),
        (["--misplaced-decoys"], "there is none to break"),
    ],
)
def test_what_cannot_be_simulated_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    assert main(["simulate", *options, "--out", str(tmp_path / "set")]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "set").exists()


def test_rules_are_flags(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = tmp_path / "given.fa"
    given.write_text(">a\n" + "ACGGC" * 30 + "\n>b\n" + "GCGCA" * 30 + "\n")
    asked = [
        "simulate",
        "--motif",
        "ELK1",
        "--motif",
        "AP1=TGASTCA",
        "--logic",
        "ELK1 and not AP1",
        "--sequences",
        "80",
    ]
    asked += ["--background", "gc", "--given", str(given), "--orientation", "same", "--spacing", "3", "--copies", "1-2"]
    assert main([*asked, "--out", str(tmp_path / "set"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    dataset = Dataset.open(tmp_path / "set")
    assert [motif["name"] for motif in found["motifs"]] == ["ELK1", "AP1"]
    assert dataset.info.truth["settings"]["spacing"] == "3"
    shares = {round(sum(letter in "CG" for letter in one) / 101, 2) for one in dataset.table["sequence"]}
    assert shares == {0.8}, "four letters in five are C or G in both, and the sites change nothing about it"


def test_a_strength_can_be_simulated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["simulate", "--motif", "ELK1", "--task", "regression", "--noise", "0", "--sequences", "80"]
    assert main([*asked, "--out", str(tmp_path / "set")]) == 0
    assert "60 train, 20 test" in capsys.readouterr().out
    dataset = Dataset.open(tmp_path / "set")
    assert (dataset.info.task, dataset.info.targets) == ("regression", ("strength",))
