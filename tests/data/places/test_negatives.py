"""Matched negatives: lengths, G and C, no overlap, no N, the same for the same seed."""

import numpy as np
import pandas as pd
import pytest

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.joins.building import Built
from seqdl_core.data.places.negatives import add_negatives, matched_windows
from seqdl_core.data.places.windows import cut_windows
from seqdl_core.errors import DataError
from seqdl_core.sequences.alphabets import DNA, reverse_complement
from seqdl_core.sequences.genome import Genome
from seqdl_core.sequences.readers import FileIdentity, RawTable


def uneven_genome(seed: int = 1) -> Genome:
    """Two contigs whose share of G and C changes every 500 letters, with N in between."""
    rng = np.random.default_rng(seed)
    contigs = []
    for blocks in (120, 60):
        shares = rng.uniform(0.25, 0.75, blocks)
        text = "".join(
            "".join(rng.choice(list("ACGT"), 500, p=[(1 - s) / 2, s / 2, s / 2, (1 - s) / 2])) for s in shares
        )
        contigs.append(text[:1000] + "N" * 300 + text[1300:])
    return Genome.of_sequences(["chr1", "chr2"], contigs, "uneven.fa")


GENOME = uneven_genome()


def positives(count: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    chroms = rng.choice(["chr1", "chr2"], count, p=[0.7, 0.3])
    starts = np.array([rng.integers(2000, GENOME.contigs[chrom] - 200) for chrom in chroms])
    return pd.DataFrame({"chrom": chroms, "start": starts, "end": starts + rng.choice([50, 80], count)})


def share(text: str) -> float:
    known = sum(text.count(letter) for letter in "ACGT")
    return (text.count("G") + text.count("C")) / known


def test_windows_match_their_positives() -> None:
    table = positives()
    matched = matched_windows(GENOME, table, per_positive=2, tolerance=0.03)
    windows = matched.windows
    assert matched.missing == 0
    assert windows["positive"].tolist() == [row for row in range(60) for _ in range(2)]
    every = [*table[["chrom", "start", "end"]].itertuples(index=False, name=None)]
    differences = []
    for window in windows.itertuples():
        own = table.iloc[window.positive]
        text = GENOME.fetch(window.chrom, window.start, window.end)
        assert window.chrom == own["chrom"]
        assert window.end - window.start == own["end"] - own["start"]
        assert "N" not in text
        assert share(text) == pytest.approx(window.gc)
        differences.append(abs(share(text) - share(GENOME.fetch(own["chrom"], int(own["start"]), int(own["end"])))))
        for chrom, start, end in every:
            assert chrom != window.chrom or end <= window.start or window.end <= start
        every.append((window.chrom, window.start, window.end))
    assert max(differences) <= 0.03
    assert matched.largest_difference == pytest.approx(max(differences))
    assert abs(matched.positives_gc - matched.negatives_gc) < 0.01


def test_the_seed_decides() -> None:
    first, again, other = (matched_windows(GENOME, positives(), seed=seed).windows for seed in (1, 1, 2))
    assert first.equals(again)
    assert not first.equals(other)


def test_any_chromosome_by_its_length() -> None:
    table = positives(30).assign(chrom="chr2", start=5000 + 90 * np.arange(30))
    table["end"] = table["start"] + 50
    matched = matched_windows(GENOME, table, per_positive=4, tolerance=0.1, same_chromosome=False)
    counts = matched.windows["chrom"].value_counts()
    assert counts["chr1"] > counts["chr2"] > 0


def test_what_cannot_be_matched_is_counted() -> None:
    genome = Genome.of_sequences(["chr1"], ["A" * 500 + "GC" * 30 + "A" * 400], "poor.fa")
    table = pd.DataFrame({"chrom": ["1", "chr1"], "start": [510, 100], "end": [550, 140]})
    matched = matched_windows(genome, table)
    assert matched.windows["positive"].tolist() == [1]
    assert (matched.asked, matched.missing) == (2, 1)
    # 20 letters are left beside a positive of 380: not one window of 40 fits.
    full = Genome.of_sequences(["chr1"], ["A" * 400], "full.fa")
    whole = pd.DataFrame({"chrom": ["chr1", "chr1"], "start": [0, 340], "end": [380, 380]})
    assert matched_windows(full, whole).missing == 2
    nothing = matched_windows(genome, table.iloc[:0])
    assert (len(nothing.windows), nothing.missing) == (0, 0)


def test_positives_must_be_inside_the_genome() -> None:
    table = pd.DataFrame({"chrom": ["chr9"], "start": [0], "end": [10]})
    with pytest.raises(DataError, match="no contig called 'chr9'"):
        matched_windows(GENOME, table)
    with pytest.raises(DataError, match="not inside chr2"):
        matched_windows(GENOME, table.assign(chrom="chr2", start=29_990, end=30_010))


def built(rows: pd.DataFrame, name: str, **choices: object) -> Built:
    cells = rows.astype(str)
    lines = np.arange(1, len(rows) + 1, dtype=np.int64)
    table = RawTable(FileIdentity(name, 1, ""), "bed", cells, lines, kind="intervals", one_based=False)
    return cut_windows(table, GENOME, (), ImportChoices.model_validate(choices | {"window": 60}))


def test_negatives_are_rows_of_label_0() -> None:
    table = positives(20).assign(strand=["-"] * 10 + ["+"] * 10, score="7")
    first, second = add_negatives(
        [built(table.iloc[:15], "train.bed"), built(table.iloc[15:], "test.bed")], GENOME, ImportChoices()
    )
    assert (len(first.table), len(second.table)) == (30, 10)
    assert (first.label_columns, first.task, first.problems) == (("label",), "binary", ())
    places = []
    for one in (first, second):
        cells = one.table.cells
        assert cells["label"].tolist() == ["1"] * (len(cells) // 2) + ["0"] * (len(cells) // 2)
        assert cells["name"].is_unique
        assert set(cells.loc[cells["label"] == "0", "score"]) == {""}
        for row in cells.itertuples():
            plus = GENOME.windows([row.chromosome], np.array([int(row.start)]), 60)
            codes = reverse_complement(plus, DNA) if row.strand == "-" else plus
            assert row.sequence == DNA.decode(codes[0])
            places.append((row.label, row.chromosome, int(row.start), int(row.end)))
    negatives = [place[1:] for place in places if place[0] == "0"]
    for number, (chrom, start, end) in enumerate(negatives):
        others = [place[1:] for place in places if place[0] == "1"] + negatives[:number]
        assert all(chrom != c or e <= start or end <= s for c, s, e in others)
    assert first.table.where(15).startswith("line 1 of train.bed")
    assert first.notices[-1].sentence.startswith(
        "15 windows of uneven.fa added as negatives (seed 1), matched in length and chromosome; G and C are "
    )


def test_rows_with_labels_get_no_negatives() -> None:
    labelled = built(positives(5).assign(label=["0", "1", "0", "1", "0"]), "peaks.bed")
    (refused,) = add_negatives([labelled], GENOME, ImportChoices())
    assert refused.problems[0].what.endswith("here label is the label.")
    assert len(refused.table) == 5
    unlabelled = built(positives(5), "peaks.bed")
    (none,) = add_negatives([unlabelled], GENOME, ImportChoices(label_column="(none)"))
    assert none.problems[0].what.endswith("here (none) is the label.")
    assert add_negatives([], GENOME, ImportChoices()) == []


def test_no_negative_lies_in_what_a_window_left_of_its_peak() -> None:
    """Peaks of 2,000 letters cover four fifths of chr1's first 25,000; windows of 60 around their middles do not."""
    starts = np.arange(0, 25_000, 2_500)
    rows = pd.DataFrame({"chrom": "chr1", "start": starts, "end": starts + 2_000, "strand": "+"})
    cells = rows.astype(str)
    cells.loc[9, ["start", "end"]] = ["24500", "22500"]  # an interval written backwards, left out of the rows
    choices = ImportChoices(window=60, bad_rows="drop", negatives="genome")
    brought = RawTable(
        FileIdentity("peaks.bed", 1, ""), "bed", cells, np.arange(1, 11), kind="intervals", one_based=False
    )
    [made] = add_negatives([cut_windows(brought, GENOME, (), choices)], GENOME, choices, [brought])
    negatives = made.table.cells[made.table.cells["label"] == "0"]
    assert len(negatives) == 9
    for start, end in zip(negatives["start"].astype(int), negatives["end"].astype(int), strict=True):
        assert ((rows["end"] <= start) | (rows["start"] >= end)).all()
