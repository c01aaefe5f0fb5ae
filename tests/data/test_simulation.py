"""Simulated data: the planted sites are where the truth says, and nothing else tells the classes apart."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from seqdl_core.data.dataset import Dataset
from seqdl_core.data.simulation import simulate
from seqdl_core.errors import DataError, UnknownName
from seqdl_core.sequences.alphabets import DNA, one_hot_array
from seqdl_core.sequences.motifs import jaspar


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return simulate(tmp_path_factory.mktemp("simulation") / "set", n=800)


def test_parts_and_classes(simulated: Dataset) -> None:
    assert simulated.info.counts == {"train": 600, "test": 200}
    assert simulated.info.positives == {"train": 300, "test": 100}
    assert simulated.info.negatives == "given"
    assert simulated.info.name == "Simulated ELK1 and SRF sites"
    assert set(simulated.table["sequence"].str.len()) == {101}
    assert simulated.table["sequence"].is_unique


def test_the_sites_are_where_the_truth_says(simulated: Dataset) -> None:
    motifs = [jaspar(motif["id"]) for motif in simulated.info.truth["motifs"]]
    rows = simulated.table.set_index("id")
    scores: dict[int, list[float]] = {0: [], 1: []}
    strands: Counter[str] = Counter()
    for name, sites in simulated.info.truth["sites"].items():
        assert rows.at[name, "label"] == 1
        taken: set[int] = set()
        for number, start, strand in sites:
            motif = motifs[number] if strand == "+" else motifs[number].reverse_complement()
            place = range(start, start + motif.width)
            assert not taken & set(place)
            taken |= set(place)
            codes = DNA.encode(rows.at[name, "sequence"][start : start + motif.width])[None]
            scores[number].append(float((one_hot_array(codes, DNA)[0].T * motif.log_odds()).sum()))
            strands[strand] += 1
    assert len(simulated.info.truth["sites"]) == 400
    assert [len(scores[number]) for number in (0, 1)] == [motif["sites"] for motif in simulated.info.truth["motifs"]]
    assert abs(len(scores[0]) - 360) < 30
    assert abs(len(scores[1]) - 200) < 50
    assert abs(strands["+"] - strands["-"]) < 100
    # Sites drawn from a motif score, on average, its information content in bits against an even background.
    for number, motif in enumerate(motifs):
        assert np.mean(scores[number]) == pytest.approx(float(motif.information().sum()), rel=0.15)


def test_dinucleotides_do_not_tell_the_classes_apart(simulated: Dataset) -> None:
    table = simulated.table

    def dinucleotides(sequence: str) -> tuple[int, ...]:
        pairs = Counter(sequence[at : at + 2] for at in range(len(sequence) - 1))
        return tuple(pairs[first + second] for first in "ACGT" for second in "ACGT")

    for _, part in table.groupby("split"):
        positives = {dinucleotides(sequence) for sequence in part.loc[part["label"] == 1, "sequence"]}
        negatives = [dinucleotides(sequence) for sequence in part.loc[part["label"] == 0, "sequence"]]
        assert set(negatives) <= positives, "a negative is a shuffle of a positive of its own part"


def test_the_seed_decides(tmp_path: Path) -> None:
    first, again, other = (simulate(tmp_path / f"{k}", ("CTCF",), n=16, seed=seed) for k, seed in enumerate((1, 1, 2)))
    assert first.hash == again.hash != other.hash


def test_what_cannot_be_simulated(tmp_path: Path) -> None:
    with pytest.raises(UnknownName):
        simulate(tmp_path / "set", ("ELK99",))
    with pytest.raises(DataError, match="cannot hold"):
        simulate(tmp_path / "set", length=40)
    assert not any(tmp_path.iterdir())
