"""``attribute`` and ``motifs``, and how a model and its sequences are found."""

import json
from pathlib import Path

import numpy as np
import pytest

from seqdl_core.__main__ import main
from seqdl_core.commands import _sources
from seqdl_core.errors import ModelFileError, SeqDLError
from seqdl_core.interpretation.methods.mutagenesis import MutagenesisConfig, mutagenesis
from seqdl_core.model_file import load_model, save_model
from seqdl_core.sequences.alphabets import DNA, encode_all
from seqdl_core.sequences.motifs import jaspar, read_meme
from tests.interpretation.test_filters import LENGTH, planted, scanner


@pytest.fixture(scope="module")
def model_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A DeepBind network that knows CTCF's motif, in what looks like a run folder."""
    odds = jaspar("CTCF").log_odds().T.astype(np.float32)
    model = scanner(np.stack([np.zeros_like(odds), odds]), [-1.0, -6.0])
    path = tmp_path_factory.mktemp("run") / "model.safetensors"
    save_model(path, model.network, model.card)
    return path


def write_fasta(path: Path, sequences: dict[str, str]) -> Path:
    path.write_text("".join(f">{name}\n{sequence}\n" for name, sequence in sequences.items()))
    return path


def test_a_model_is_a_folder_a_file_or_a_name(
    model_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _sources.resolve_model(str(model_file)) == model_file
    assert _sources.resolve_model(str(model_file.parent)) == model_file
    monkeypatch.setattr(_sources, "PRETRAINED", model_file.parent.parent)
    assert _sources.resolve_model(model_file.parent.name) == model_file
    with pytest.raises(ModelFileError, match="Did you mean"):
        _sources.resolve_model(model_file.parent.name + "x")
    with pytest.raises(ModelFileError, match="no trained model"):
        _sources.resolve_model(str(tmp_path))
    with pytest.raises(ModelFileError, match="of this name"):
        _sources.resolve_model(f"../{tmp_path.name}")


def test_sequences_are_made_ready_for_the_model(
    model_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = load_model(model_file)
    loaded = _sources.load_sequences(write_fasta(tmp_path / "two.fa", {"a": "acgtn" * 12, "b": "ACG"}), model)
    assert loaded.ids == ["a", "b"]
    assert loaded.sequences == ["ACGTN" * 12, "ACG"]
    assert loaded.labels is None
    assert loaded.codes.shape == (2, LENGTH)
    assert loaded.codes[1].tolist() == [0, 1, 2] + [4] * (LENGTH - 3)
    assert capsys.readouterr().err.splitlines() == [
        "1 of 2 sequences are shorter than 60 bp; N was added at their ends.",
        "1 sequence with lower-case letters, read as upper case.",
    ]


def test_ambiguous_letters_are_read_where_the_person_says_so(
    model_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_fasta(tmp_path / "in.fa", {"a": "ACGR" * 15})
    asked = ["predict", str(model_file), "--sequences", str(file)]
    assert main(asked) == 2
    assert "`--ambiguous unknown`" in capsys.readouterr().err
    assert main([*asked, "--ambiguous", "unknown"]) == 0
    assert "1 sequence with ambiguous letters (15 in all), read as N." in capsys.readouterr().err


def test_the_labels_of_a_table_are_read(model_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "table.tsv"
    path.write_text("id\tsequence\tlabel\n" + f"x\t{'ACGT' * 15}\t1\ny\t{'AACC' * 15}\t0\n")
    loaded = _sources.load_sequences(path, load_model(model_file))
    assert loaded.ids == ["x", "y"]
    assert loaded.labels is not None
    assert loaded.labels.tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    ("sequences", "where", "what"),
    [
        ({"a": "ACGT", "long": "A" * 61}, "line 3 of bad.fa (record long)", "61 bp; the model reads at most 60"),
        ({"a": "ACGT", "odd": "ACJT"}, "line 4 of bad.fa (record odd), letter 3", "'J' is not a DNA letter"),
        ({"a": "ACGT", "gone": ""}, "line 3 of bad.fa (record gone)", "no sequence here"),
    ],
)
def test_what_does_not_fit_is_named(
    model_file: Path, tmp_path: Path, sequences: dict[str, str], where: str, what: str
) -> None:
    with pytest.raises(SeqDLError) as caught:
        _sources.load_sequences(write_fasta(tmp_path / "bad.fa", sequences), load_model(model_file))
    assert where in caught.value.where
    assert what in caught.value.what
    assert caught.value.fix


def test_attribute_writes_plain_arrays(model_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rng = np.random.default_rng(1)
    texts = {f"s{row}": DNA.decode(codes) for row, codes in enumerate(rng.integers(0, 4, (3, LENGTH)).astype(np.uint8))}
    fasta, out = write_fasta(tmp_path / "in.fa", texts), tmp_path / "new" / "out.npz"
    asked = ["attribute", str(model_file.parent), "--sequences", str(fasta), "--method", "mutagenesis"]
    assert main([*asked, "--out", str(out), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["shape"] == [3, 4, LENGTH]
    with np.load(out, allow_pickle=False) as arrays:
        assert set(arrays) == {"values", "ids", "sequences"}
        assert arrays["ids"].tolist() == list(texts)
        assert arrays["sequences"].tolist() == list(texts.values())
        codes = encode_all(list(texts.values()), DNA)
        np.testing.assert_array_equal(arrays["values"], mutagenesis(load_model(model_file), codes, MutagenesisConfig()))


def test_attribute_refuses_in_three_parts(model_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fasta = write_fasta(tmp_path / "in.fa", {"a": "ACGT" * 15})
    asked = ["attribute", str(model_file), "--sequences", str(fasta), "--out", str(tmp_path / "out.npz"), "--method"]
    assert main([*asked, "salience"]) == 2
    assert "Did you mean 'saliency'?" in capsys.readouterr().err
    assert main([*asked, "saliency", "--set", "target=-1"]) == 2
    assert "--set" in capsys.readouterr().err
    assert not (tmp_path / "out.npz").exists()


@pytest.mark.slow
def test_motifs_names_the_protein(model_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    codes = planted(jaspar("CTCF"), np.random.default_rng(1), 150, either_strand=True)
    fasta = write_fasta(tmp_path / "in.fa", {f"s{row}": DNA.decode(line) for row, line in enumerate(codes)})
    out = tmp_path / "out.meme"
    assert main(["motifs", str(model_file), "--sequences", str(fasta), "--out", str(out), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["filter"] for row in rows] == [1, 0]
    best = rows[0]["matches"][0]
    assert best["name"] == "CTCF"
    assert best["p"] < best["q"] < 0.01
    assert rows[1]["matches"] == []
    (motif,) = read_meme(out)
    assert (motif.id, motif.consensus) == ("filter_1", rows[0]["consensus"])


def test_predict_writes_to_a_file_instead_of_standard_output(
    model_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = write_fasta(tmp_path / "in.fa", {"a": "ACGT" * 15}), tmp_path / "out.tsv"
    asked = ["predict", str(model_file), "--sequences", str(file)]
    assert main(asked) == 0
    table = capsys.readouterr().out
    assert main([*asked, "--out", str(out)]) == 0
    assert capsys.readouterr().out == f"1 prediction written to {out}.\n"
    assert out.read_text() == table
    assert main([*asked, "--out", str(out), "--json"]) == 0
    assert [row["id"] for row in json.loads(capsys.readouterr().out)] == ["a"]
