"""Planting by rules: every rule is read back from the letters, and the truth holds nothing else."""

import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from seqdl_core.data.dataset import Dataset
from seqdl_core.data.simulation.planting import read_motifs
from seqdl_core.data.simulation.rules import Simulation
from seqdl_core.data.simulation.simulate import simulate_by, truth_mask
from seqdl_core.errors import ConfigError, DataError, UnknownName
from seqdl_core.sequences.alphabets import DNA, PROTEIN, RNA

SITES = {"A": "TGACTCA", "B": "CCGGAAG", "C": "GGTTACC"}
MOTIFS = tuple(f"{name}={site}" for name, site in SITES.items())
COMPLEMENT = str.maketrans("ACGT", "TGCA")


def made(folder: Path, given: tuple[str, ...] = (), **rules: Any) -> Dataset:
    return simulate_by(folder, Simulation(**{"motifs": MOTIFS[:2], "sequences": 240, **rules}), given)


def turned(word: str) -> str:
    return word.translate(COMPLEMENT)[::-1]


def found(sequence: str) -> dict[str, set[int]]:
    """Where each site stands in the letters, on either strand, found without the code under test."""
    return {
        name: {hit.start() for word in {site, turned(site)} for hit in re.finditer(f"(?={word})", sequence)}
        for name, site in SITES.items()
    }


def sites(dataset: Dataset) -> dict[str, pd.DataFrame]:
    return {row: one.sort_values("start") for row, one in dataset.features.groupby("id")}


def test_the_letters_hold_what_the_truth_says_and_nothing_else(tmp_path: Path) -> None:
    dataset = made(tmp_path / "d", motifs=MOTIFS, logic="A and (B or not C)", length=120)
    told: dict[tuple[str, str], set[int]] = defaultdict(set)
    for row in dataset.features.itertuples():
        told[row.id, row.name].add(row.start)
        word = dataset.table.set_index("id").at[row.id, "sequence"][row.start : row.end]
        assert (word if row.strand == "+" else turned(word)) == SITES[row.name]
    for row in dataset.table.itertuples():
        read = found(row.sequence)
        assert read == {name: told[row.id, name] for name in SITES}
        a, b, c = (bool(read[name]) for name in "ABC")
        assert row.label == float(a and (b or not c))


def test_each_way_of_being_a_negative_has_its_share(tmp_path: Path) -> None:
    dataset = made(tmp_path / "d", logic="A and B")
    negatives = dataset.table.loc[dataset.table["label"] == 0, "sequence"]
    kinds = Counter(tuple(bool(found(one)[name]) for name in "AB") for one in negatives)
    assert kinds == {(False, False): 40, (True, False): 40, (False, True): 40}


@pytest.mark.parametrize("order", ["fixed", "free"])
def test_spacing_and_order(tmp_path: Path, order: str) -> None:
    dataset = made(tmp_path / "d", motifs=MOTIFS, logic="A and B and C", spacing="4-9", order=order, length=80)
    gaps: Counter[int] = Counter()
    orders = set()
    for one in sites(dataset).values():
        gaps.update((one["start"].to_numpy()[1:] - one["end"].to_numpy()[:-1]).tolist())
        if len(one) == 3:
            orders.add("".join(one["name"]))
        elif order == "fixed":
            assert list(one["name"]) == sorted(one["name"])
    assert set(gaps) == set(range(4, 10))
    assert orders == {"ABC"} if order == "fixed" else len(orders) == 6


@pytest.mark.parametrize(
    ("orientation", "strands"),
    [
        ("+", {"++"}),
        ("-", {"--"}),
        ("same", {"++", "--"}),
        ("convergent", {"+-"}),
        ("divergent", {"-+"}),
        ("either", {"++", "--", "+-", "-+"}),
    ],
)
def test_orientation(tmp_path: Path, orientation: str, strands: set[str]) -> None:
    dataset = made(tmp_path / "d", logic="A and B", orientation=orientation)
    assert dataset.info.directed == (orientation in "+-"), "sites on one strand alone: which one tells"
    assert {"".join(one["strand"]) for one in sites(dataset).values() if len(one) == 2} == strands


def test_a_fixed_order_tells_the_strands_apart(tmp_path: Path) -> None:
    """From the other strand the motifs stand in the order of the decoys."""
    assert made(tmp_path / "d", logic="A and B", order="fixed", misplaced_decoys=True).info.directed
    assert not made(tmp_path / "e", logic="A and B", order="free").info.directed
    assert not made(tmp_path / "f", motifs=MOTIFS[:1], logic="A", order="fixed").info.directed, "one has no order"
    assert not made(tmp_path / "g", logic="A and B", order="fixed", alphabet="rna").info.directed, "there is one strand"


def test_copies(tmp_path: Path) -> None:
    dataset = made(tmp_path / "d", motifs=MOTIFS[:1], logic="A", copies="2-4", length=120)
    assert {len(one) for one in sites(dataset).values()} == {2, 3, 4}
    assert len(sites(dataset)) == 120


def test_misplaced_decoys_hold_both_motifs_and_break_the_rule(tmp_path: Path) -> None:
    rules = {"spacing": "5-8", "order": "fixed", "orientation": "+"}
    dataset = made(tmp_path / "d", logic="A and B", misplaced_decoys=True, length=60, **rules)
    labels = dataset.table.set_index("id")["label"]
    both = {row: one for row, one in sites(dataset).items() if len(one) == 2}
    kept = Counter()
    for row, one in both.items():
        gap = one["start"].iloc[1] - one["end"].iloc[0]
        right = (5 <= gap <= 8, list(one["name"]) == ["A", "B"], set(one["strand"]) == {"+"})
        assert all(right) == (labels[row] == 1)
        assert sum(right) >= 2, "one rule is broken at a time"
        kept[right] += 1
    assert kept[True, True, True] == 120
    assert sum(kept.values()) == 120 + 30, "a quarter of the negatives: A, B, neither, misplaced"
    assert len(kept) == 4


def test_gc_content_is_that_of_the_given_sequences_in_both_classes(tmp_path: Path) -> None:
    given = ("AT" * 45 + "GC" * 5, "AT" * 10 + "GC" * 40)
    dataset = made(tmp_path / "d", given, logic="A and B", background="gc", length=100)
    shares = dataset.table.assign(gc=dataset.table["sequence"].str.count("[CG]"))
    for _, part in shares.groupby("label"):
        assert set(part["gc"]) == {10, 80}


def test_shuffled_background_keeps_the_dinucleotides_of_what_is_given(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    given = tuple("".join(rng.choice(list("ACGT"), 80)) for _ in range(5))
    dataset = made(tmp_path / "d", given, logic="A", motifs=MOTIFS[:1], background="shuffled", length=80)

    def pairs(sequence: str) -> tuple[tuple[str, int], ...]:
        return tuple(sorted(Counter(sequence[at : at + 2] for at in range(79)).items()))

    known = {pairs(one) for one in given}
    empty = dataset.table.loc[dataset.table["label"] == 0, "sequence"]
    assert len(empty) == 120
    assert {pairs(one) for one in empty} <= known
    with pytest.raises(DataError, match="has 101 letters to shuffle"):
        made(tmp_path / "e", given, logic="A", background="shuffled")


def test_a_matrix_is_planted_above_its_threshold_and_nowhere_else(tmp_path: Path) -> None:
    dataset = made(tmp_path / "d", motifs=("ELK1", "SRF"), logic="ELK1 and not SRF", sequences=200)
    for motif in read_motifs(["ELK1", "SRF"], DNA, 0.85):
        for split in ("train", "test"):
            hits = motif.hits(dataset.codes(split), DNA)
            planted = np.zeros_like(hits)
            ids = {name: row for row, name in enumerate(dataset.ids(split))}
            for site in dataset.features.itertuples():
                if site.name == motif.name and site.id in ids:
                    planted[ids[site.id], site.start] = True
            assert np.array_equal(hits, planted)
    assert dataset.info.notices == ()


def test_strength_is_the_sum_of_the_scores(tmp_path: Path) -> None:
    """A typed motif of seven letters scores 7 log2((20 + 1/4) / 21 / (1/4)) bits a site."""
    dataset = made(tmp_path / "d", task="regression", noise=0, logic="A", sequences=100)
    each = 7 * np.log2((20 + 0.25) / 21 * 4)
    counts = dataset.features["id"].value_counts()
    for row in dataset.table.itertuples():
        has_a = bool(found(row.sequence)["A"])
        assert row.label == pytest.approx(each * counts.get(row.id, 0) if has_a else 0)
    noisy = made(tmp_path / "e", task="regression", noise=3, logic="A", sequences=2000)
    silent = noisy.table.loc[[not found(one)["A"] for one in noisy.table["sequence"]], "label"]
    assert float(silent.std()) == pytest.approx(3, rel=0.1)


@pytest.mark.parametrize(
    ("alphabet", "motif", "site"), [("rna", "P=UGUAHAUA", "UGUA[ACU]AUA"), ("protein", "S=R[ST]XP", "R[ST][A-Y]P")]
)
def test_one_strand_alphabets(tmp_path: Path, alphabet: str, motif: str, site: str) -> None:
    dataset = made(tmp_path / "d", motifs=(motif,), logic=motif[0], alphabet=alphabet, length=40)
    assert set(dataset.features["strand"]) == {"+"}
    for row in dataset.table.itertuples():
        assert (len(re.findall(f"(?={site})", row.sequence)) == 1) == (row.label == 1)
    with pytest.raises(ConfigError, match="one strand"):
        made(tmp_path / "e", motifs=(motif,), alphabet=alphabet, orientation="same")


def test_rna_takes_the_matrices_of_jaspar() -> None:
    (motif,) = read_motifs(["ELK1"], RNA, 0.85)
    assert motif.motif.consensus == "ACCGGAAGU"


def test_the_seed_decides(tmp_path: Path) -> None:
    hashes = [made(tmp_path / f"{k}", logic="A or B", seed=seed).hash for k, seed in enumerate((1, 1, 2))]
    assert hashes[0] == hashes[1] != hashes[2]


def test_data_without_truth_have_an_empty_mask(tmp_path: Path) -> None:
    table = pd.DataFrame({"id": ["a"], "sequence": ["ACGT"], "label": [1.0], "split": ["test"], "source": ["-"]})
    info = made(tmp_path / "d").info.model_copy(
        update={"length": 4, "counts": {"test": 1}, "positives": {"test": 1}, "truth": {}}
    )
    assert not truth_mask(Dataset.create(tmp_path / "plain", table, info), "test").any()


@pytest.mark.parametrize(
    ("texts", "problem", "said"),
    [
        (["ELK99"], UnknownName, "ELK9"),
        (["TGASTCA", "TGASTCA"], ConfigError, "Two motifs are called"),
        (["TG"], ConfigError, "needs a name and 3 to 200 positions"),
        (["x=TG"], ConfigError, "needs a name and 3 to 200 positions"),
        (["=TGASTCA"], ConfigError, "needs a name"),
        (["x=0.5 0.5/1 0 0 0"], ConfigError, "Row 1 of the motif 'x'"),
        (["x=1 0 0 0/0 0 0 0/1 0 0 0"], ConfigError, "Row 2 of the motif 'x'"),
        (["x=1 nan 0 0/1 0 0 0/1 0 0 0"], ConfigError, "Row 1 of the motif 'x'"),
    ],
)
def test_what_is_no_motif(texts: list[str], problem: type[Exception], said: str) -> None:
    with pytest.raises(problem, match=re.escape(said)):
        read_motifs(texts, DNA, 0.85)


def test_a_matrix_can_be_typed() -> None:
    (motif,) = read_motifs(["x=2 0 0 0/0 1 1 0/0 0 0 5"], DNA, 0.9)
    assert motif.motif.probabilities.tolist() == [[1, 0, 0, 0], [0, 0.5, 0.5, 0], [0, 0, 0, 1]]
    assert motif.hits(np.stack([DNA.encode("TACTN"), DNA.encode("TNCTA")]), DNA).tolist() == [
        [False, True, False],
        [False, False, False],
    ]


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"logic": "A or not A"}, "holds for every sequence"),
        ({"logic": "A and not A"}, "holds for no sequence"),
        ({"logic": "A", "copies": "0"}, "'copies' cannot be '0'"),
        ({"logic": "A", "composition": (1.0, 2.0)}, "composition has 2 numbers"),
        ({"logic": "A and B", "spacing": "90"}, "cannot hold these motifs"),
        ({"motifs": ("A=TGACTCA", "B=GACTC"), "logic": "A and not B"}, "'B' cannot be kept out"),
        ({"motifs": tuple(f"m{k}=ACGTACG" for k in range(9))}, "1 to 8 motifs"),
        ({"motifs": ()}, "1 to 8 motifs"),
    ],
)
def test_rules_that_contradict_each_other(tmp_path: Path, rules: dict[str, Any], said: str) -> None:
    with pytest.raises((ConfigError, DataError), match=re.escape(said)) as caught:
        made(tmp_path / "d", **rules)
    assert caught.value.where
    assert caught.value.fix
    assert not (tmp_path / "d").exists()


def test_a_protein_keeps_unknown_out_of_sites() -> None:
    (motif,) = read_motifs(["s=RXP"], PROTEIN, 0.85)
    codes = np.stack([PROTEIN.encode("RXP"), PROTEIN.encode("RAP")])
    assert motif.hits(codes, PROTEIN).ravel().tolist() == [False, True]
