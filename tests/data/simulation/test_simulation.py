"""Simulated data: the planted sites are where the truth says, and nothing else tells the classes apart."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from seqdl_core.data.dataset import Dataset
from seqdl_core.data.simulation.rules import Simulation
from seqdl_core.data.simulation.simulate import simulate, simulate_by, truth_mask
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
    motifs = {motif["name"]: jaspar(motif["id"]) for motif in simulated.info.truth["motifs"]}
    rows = simulated.table.set_index("id")
    scores: dict[str, list[float]] = {name: [] for name in motifs}
    strands: Counter[str] = Counter()
    for row, found in simulated.features.groupby("id"):
        assert rows.at[row, "label"] == 1
        taken: set[int] = set()
        for site in found.itertuples():
            assert site.kind == "motif"
            motif = motifs[site.name] if site.strand == "+" else motifs[site.name].reverse_complement()
            assert site.end - site.start == motif.width
            place = range(site.start, site.end)
            assert not taken & set(place)
            taken |= set(place)
            codes = DNA.encode(rows.at[row, "sequence"][site.start : site.end])[None]
            scores[site.name].append(float((one_hot_array(codes, 4)[0].T * motif.log_odds()).sum()))
            strands[site.strand] += 1
    assert [len(scores[name]) for name in motifs] == [motif["sites"] for motif in simulated.info.truth["motifs"]]
    assert abs(len(scores["ELK1"]) - 360) < 30
    assert abs(len(scores["SRF"]) - 200) < 50
    assert abs(strands["+"] - strands["-"]) < 100
    # Sites drawn from a motif score, on average, its information content in bits against an even background.
    for name, motif in motifs.items():
        assert np.mean(scores[name]) == pytest.approx(float(motif.information().sum()), rel=0.15)


def test_positives_without_a_site_are_counted(simulated: Dataset, tmp_path: Path) -> None:
    positives = set(simulated.table.loc[simulated.table["label"] == 1, "id"])
    bare = len(positives - set(simulated.features["id"]))
    assert 10 < bare < 40  # a tenth without the first motif, half of them without the second
    (told,) = simulated.info.notices
    assert told.count == bare
    assert told.sentence.startswith(f"{bare} positives without any planted site")
    by_logic = simulate_by(tmp_path / "set", Simulation(motifs=("CTCF",), logic="CTCF", sequences=40))
    assert not by_logic.info.notices


def test_the_mask_is_the_union_of_the_sites(simulated: Dataset) -> None:
    for split in ("train", "test"):
        mask, ids = truth_mask(simulated, split), simulated.ids(split)
        assert mask.shape == (len(ids), 101)
        features = simulated.features[simulated.features["id"].isin(set(ids))]
        covered = {(row, at) for row, start, end in features[["id", "start", "end"]].itertuples(index=False)
                   for at in range(start, end)}  # fmt: skip
        assert {(ids[row], at) for row, at in zip(*np.nonzero(mask), strict=True)} == covered
        assert not mask[simulated.labels(split) == 0].any()


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
