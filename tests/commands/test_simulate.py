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
        (["--sequences", "7"], "--sequences cannot be 7"),
        (["--seed", "-1"], "--seed cannot be -1"),
        (["--length", "20"], "cannot hold"),
    ],
)
def test_what_cannot_be_simulated_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    assert main(["simulate", *options, "--out", str(tmp_path / "set")]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "set").exists()
