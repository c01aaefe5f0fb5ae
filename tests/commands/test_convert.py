"""convert as a person types it."""

import json
from pathlib import Path

import pytest

from seqdl_core.__main__ import main
from seqdl_core.conversion import CONVERTERS
from seqdl_core.model_file import read_card
from tests.commands.test_run_commands import Captured, refused
from tests.conversion import samples


def test_without_a_source_all_are_listed(capsys: Captured) -> None:
    assert main(["convert"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == CONVERTERS.names()
    assert main(["convert", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["sources"]
    assert {one["name"]: one["licence"] for one in listed}["keras-spliceai"] == "CC BY-NC 4.0"


def test_a_file_becomes_a_model_that_predicts(tmp_path: Path, capsys: Captured) -> None:
    sample, out = samples.deepbind(tmp_path), tmp_path / "model.safetensors"
    command = ["convert", "--from", "deepbind-text", str(sample.path), "--out", str(out), "--length", "20"]
    assert main(command) == 0
    assert "BSD 3-Clause" in capsys.readouterr().out
    (tmp_path / "a.fa").write_text(">a\nACGTACGTACGTACGTACGT\n")
    assert main(["predict", str(out), "--sequences", str(tmp_path / "a.fa"), "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    import torch

    one_hot = torch.eye(4)[[0, 1, 2, 3] * 5].T[None]
    assert row["score"] == pytest.approx(float(sample.expected(one_hot)), abs=1e-4)


@pytest.mark.parametrize("as_json", [False, True])
def test_settings_and_names_of_targets(as_json: bool, tmp_path: Path, capsys: Captured) -> None:
    sample, out, names = samples.deepsea(tmp_path), tmp_path / "model.safetensors", tmp_path / "names.txt"
    names.write_text("CTCF\nDNase\n\nH3K4me3 \na\nb\n")
    settings = (
        [json.dumps(sample.settings)] if as_json else [f"{key}={value}" for key, value in sample.settings.items()]
    )
    command = ["convert", "--from", "kipoi-deepsea", str(sample.path), "--out", str(out), "--length", "200"]
    assert main([*command, "--config", *settings, "--targets", str(names), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["architecture"], told["targets"], told["licence"]) == ("deepsea", 5, "CC BY 3.0")
    card = read_card(out)
    assert card.target_names == ("CTCF", "DNase", "H3K4me3", "a", "b")
    assert {key: card.architecture_config[key] for key in sample.settings} == sample.settings


@pytest.mark.parametrize(
    ("extra", "word"),
    [
        (["--from", "kipoi-deepse"], "Did you mean"),
        (["--from", "deepbind-text"], "--out is missing"),
        ([], "--from"),
        (["--from", "deepbind-text", "--out", "m", "--config", "filters"], "not a setting"),
        (["--from", "deepbind-text", "--out", "m", "--config", '{"filters": '], "no JSON"),
        (["--from", "deepbind-text", "--out", "m", "--config", '{"a": ' + "[" * 100_000], "no JSON"),
        (["--from", "deepbind-text", "--out", "m", "--config", '{"a": ' + "1" * 5_000 + "}"], "no JSON"),
        (["--from", "deepbind-text", "--out", "m", "--config", '{"filtres": 5}'], "filters"),
        (["--from", "deepbind-text", "--out", "m", "--length", "0"], "no length"),
        (["--from", "deepbind-text", "--out", "m", "--targets", "missing.txt"], "no such file"),
    ],
)
def test_what_is_wrong_is_said_in_three_parts(
    extra: list[str], word: str, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    sample = samples.deepbind(tmp_path)
    assert word in refused(["convert", str(sample.path), *extra], capsys)
    assert not Path("m").exists()


def test_a_list_of_names_in_another_encoding(tmp_path: Path, capsys: Captured) -> None:
    sample = samples.deepbind(tmp_path)
    (tmp_path / "names.txt").write_bytes(b"\xff\xfea\x00")
    command = ["convert", "--from", "deepbind-text", str(sample.path), "--out", str(tmp_path / "m")]
    assert "UTF-8" in refused([*command, "--targets", str(tmp_path / "names.txt")], capsys)
