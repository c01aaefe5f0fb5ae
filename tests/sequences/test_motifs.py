"""Motifs: JASPAR's own numbers, closed forms of information, and MEME files there and back."""

from pathlib import Path

import numpy as np
import pytest

from seqdl_core.errors import DataError, ReadError, UnknownName
from seqdl_core.sequences.motifs import (
    Motif,
    jaspar,
    jaspar_collection,
    jaspar_release,
    meme_text,
    read_meme,
    write_meme,
)

CERTAIN = np.eye(4)
EVEN = np.full((1, 4), 0.25)


def test_jaspar_by_id_base_and_name() -> None:
    newest = jaspar("MA0028")
    assert newest.id == "MA0028.3"
    assert jaspar("elk1").id == jaspar("MA0028.3").id == newest.id
    assert newest.consensus == "ACCGGAAGT"
    assert newest.family == "Ets-related"
    assert jaspar("MA0028.2").consensus == "ACCGGAAGTG"


def test_a_shared_name_means_the_vertebrate_motif() -> None:
    # Drosophila has a CTCF of its own (MA0531), and vertebrates have two longer ones.
    assert jaspar("CTCF").id.startswith("MA0139.")


def test_an_old_matrix_holds_the_published_counts() -> None:
    # MA0004.1 Arnt, the classic example of Bio.motifs: 20 sites, CACGTG after the first column.
    motif = jaspar("MA0004.1")
    assert motif.sites == 20
    assert motif.consensus == "CACGTG"
    np.testing.assert_allclose(motif.probabilities[0], np.array([4, 16, 0, 0]) / 20)


def test_unknown_names_suggest_the_nearest() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'ELK1'"):
        jaspar("ELK11")
    with pytest.raises(UnknownName, match="matrix id such as"):
        jaspar("?????")


def test_the_collection_holds_the_latest_versions_only() -> None:
    motifs = jaspar_collection()
    bases = [motif.id.split(".")[0] for motif in motifs]
    assert len(bases) == len(set(bases)) > 800
    assert bases == sorted(bases)
    assert jaspar_release().startswith("JASPAR20")
    for motif in motifs:
        np.testing.assert_allclose(motif.probabilities.sum(1), 1)
    with pytest.raises(UnknownName, match="vertebrates"):
        jaspar_collection("vertebrate")


def test_information_has_its_closed_form() -> None:
    np.testing.assert_allclose(Motif("m", "m", CERTAIN).information(), 2)
    np.testing.assert_allclose(Motif("m", "m", EVEN).information(), 0)
    np.testing.assert_allclose(Motif("m", "m", np.array([[0.5, 0.5, 0, 0]])).information(), 1)
    # 3 / (2 ln 2 n) bits are taken off for n sites, and nothing falls below 0.
    np.testing.assert_allclose(Motif("m", "m", CERTAIN, sites=10).information(), 2 - 3 / (2 * np.log(2) * 10))
    np.testing.assert_allclose(Motif("m", "m", EVEN, sites=10).information(), 0)
    assert Motif("m", "m", np.eye(20)[:3], letters="ACDEFGHIKLMNPQRSTVWY").information()[0] == pytest.approx(
        np.log2(20)
    )


def test_log_odds_of_a_certain_letter() -> None:
    odds = Motif("m", "m", CERTAIN, sites=3).log_odds(pseudocount=1.0)
    assert odds[0, 0] == pytest.approx(np.log2((3 + 0.25) / 4 / 0.25))
    assert odds[0, 1] == pytest.approx(np.log2(0.25 / 4 / 0.25))
    np.testing.assert_allclose(
        Motif("m", "m", EVEN, sites=3).log_odds([0.4, 0.1, 0.1, 0.4])[0, 0], np.log2(0.2875 / 0.4)
    )


def test_reverse_complement_twice_is_the_motif() -> None:
    motif = jaspar("ELK1")
    assert motif.reverse_complement().consensus == "ACTTCCGGT"
    np.testing.assert_array_equal(motif.reverse_complement().reverse_complement().probabilities, motif.probabilities)
    with pytest.raises(DataError, match="other strand"):
        Motif("m", "m", np.eye(20), letters="ACDEFGHIKLMNPQRSTVWY").reverse_complement()


def test_trim_takes_off_the_ends_only() -> None:
    inner = np.vstack([CERTAIN[:1], EVEN, CERTAIN[1:2]])
    whole = Motif("m", "m", np.vstack([EVEN, EVEN, inner, EVEN]))
    np.testing.assert_array_equal(whole.trim().probabilities, inner)
    flat = Motif("m", "m", np.vstack([EVEN, EVEN]))
    assert flat.trim() is flat
    assert flat.trim_bounds() == (0, 0)
    # DeepBind's rule: less than 0.1 bits, or a tenth of the best.
    weak = np.array([[0.25 + 0.09, 0.25 - 0.03, 0.25 - 0.03, 0.25 - 0.03]])
    assert 0 < Motif("m", "m", weak).information()[0] < 0.1
    assert Motif("m", "m", np.vstack([weak, CERTAIN])).trim().width == 4


def test_meme_there_and_back(tmp_path: Path) -> None:
    motifs = [jaspar("ELK1"), jaspar("CTCF"), Motif("my id", "odd name", CERTAIN)]
    path = tmp_path / "deep" / "motifs.meme"
    write_meme(path, motifs)
    back = read_meme(path)
    assert [(motif.id, motif.name, motif.sites) for motif in back] == [
        ("MA0028.3", "ELK1", motifs[0].sites),
        ("MA0139.2", "CTCF", motifs[1].sites),
        ("my_id", "odd_name", 20),
    ]
    for one, other in zip(motifs, back, strict=True):
        np.testing.assert_allclose(one.probabilities, other.probabilities, atol=2e-6)


def test_meme_of_rna_and_of_two_alphabets(tmp_path: Path) -> None:
    rna = Motif("r", "r", CERTAIN, letters="ACGU")
    write_meme(tmp_path / "rna.meme", [rna])
    assert read_meme(tmp_path / "rna.meme")[0].consensus == "ACGU"
    with pytest.raises(DataError, match="two alphabets"):
        meme_text([rna, jaspar("ELK1")])


def test_meme_of_another_program_is_read(tmp_path: Path) -> None:
    path = tmp_path / "theirs.meme"
    path.write_text(
        "MEME version 5.5.5\n\nALPHABET= ACGT\nstrands: + -\n\nMOTIF ACGNT STREME-1\n"
        "letter-probability matrix: alength= 4 w= 2 nsites= 17.0 E= 4.1e-009\n"
        " 0.100  0.200 0.300 0.401\n 1 0 0 0\nURL http://example.org\n"
    )
    (motif,) = read_meme(path)
    assert (motif.id, motif.name, motif.sites, motif.width) == ("ACGNT", "STREME-1", 17, 2)
    np.testing.assert_allclose(motif.probabilities.sum(1), 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not in MEME format"),
        ("MEME version 4\n", "no motif"),
        ("MEME version 4\nMOTIF m\nletter-probability matrix: w= 1\n0.5 0.5 0\n", "line 4 of bad.meme"),
        ("MEME version 4\nMOTIF m\nletter-probability matrix: w= 1\n0.9 0.9 0.9 0.9\n", "line 4 of bad.meme"),
        ("MEME version 4\nMOTIF m\nletter-probability matrix: w= 1\n\n", "no rows"),
    ],
)
def test_bad_meme_files_are_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "bad.meme"
    path.write_text(text)
    with pytest.raises(ReadError) as caught:
        read_meme(path)
    assert message in str(caught.value)
    assert caught.value.fix
