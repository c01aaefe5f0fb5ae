"""Cropping to a common length: what goes along with the letters is cut with them, and told."""

from pathlib import Path

import numpy as np
import pandas as pd

from seqdl_core.data.importing import ImportChoices, Inspection, inspect
from seqdl_core.sequences.alphabets import DNA, reverse_complement

RNG = np.random.default_rng(8)
CONTIG = DNA.decode(RNG.integers(0, 4, 4000).astype(np.uint8))


def told(found: Inspection) -> list[str]:
    assert not found.problems, found.problems
    return [notice.sentence for notice in found.notices]


def letters_at(table: pd.DataFrame) -> list[str]:
    """What the contig has where the rows say that they lie."""
    found = []
    for start, end, strand in zip(table["start"], table["end"], table["strand"], strict=True):
        letters = CONTIG[int(start) : int(end)]
        codes = reverse_complement(DNA.encode(letters)[None], DNA)[0] if strand == "-" else DNA.encode(letters)
        found.append(DNA.decode(codes))
    return found


def test_coordinates_follow_the_letters_on_either_strand(tmp_path: Path) -> None:
    (tmp_path / "genome.fa").write_text(f">chr1\n{CONTIG}\n")
    lengths = [40, 41, 47, 40, 52, 43]
    lines = [
        f"chr1\t{100 * row}\t{100 * row + length}\tpeak{row}\t0\t{'+-'[row % 2]}"
        for row, length in enumerate(lengths * 5)
    ]
    (tmp_path / "peaks.bed").write_text("\n".join(lines) + "\n")
    files = [tmp_path / "peaks.bed", tmp_path / "genome.fa"]
    found = inspect(files, ImportChoices(lengths="crop", task="unlabelled"))
    sentences = told(found)
    assert found.table is not None
    assert set(found.table["sequence"].str.len()) == {40}
    assert found.table["sequence"].tolist() == letters_at(found.table)
    assert any("20 rows whose start and end were moved" in sentence for sentence in sentences), sentences


def test_coordinates_that_span_another_length_stay_and_are_counted(tmp_path: Path) -> None:
    rows = [(row, 30 + row % 3) for row in range(30)]
    text = "".join(f">chr1:{100 * row}-{100 * row + n + (row == 4)}\n{CONTIG[100 * row :][:n]}\n" for row, n in rows)
    (tmp_path / "x.fa").write_text(text)
    found = inspect([tmp_path / "x.fa"], ImportChoices(lengths="crop", task="unlabelled"))
    sentences = told(found)
    assert found.table is not None
    fits = found.table.drop(index=4).assign(strand="+")
    assert fits["sequence"].tolist() == letters_at(fits)
    assert found.table.loc[4, ["start", "end"]].tolist() == [400.0, 432.0]
    assert any("1 cropped row whose start and end span another length" in sentence for sentence in sentences)


GENBANK = """LOCUS       {name}               {length} bp    DNA     linear   UNK
FEATURES             Location/Qualifiers
     promoter        1..4
     CDS             11..20
ORIGIN
        1 {letters}
//
"""


def test_features_are_cut_and_counted(tmp_path: Path) -> None:
    entries = [("one", 40), ("two", 60)] + [(f"more{row}", 40) for row in range(20)]
    text = "".join(
        GENBANK.format(name=name, length=length, letters=CONTIG[100 * row :][:length].lower())
        for row, (name, length) in enumerate(entries)
    )
    (tmp_path / "x.gb").write_text(text)
    found = inspect([tmp_path / "x.gb"], ImportChoices(lengths="crop", task="unlabelled", records="whole"))
    sentences = told(found)
    assert found.features is not None
    assert found.table is not None
    features = found.features[found.features["id"] == found.table["id"].iloc[1]]
    assert features[["start", "end"]].to_numpy().tolist() == [[0, 10]]  # 11..20 less the ten letters before
    assert len(found.features) == 2 * 22 - 1
    assert "1 feature outside the letters that were kept, left out." in sentences


def test_features_stay_where_rows_are_left_out_or_shuffles_are_added(tmp_path: Path) -> None:
    text = "".join(
        GENBANK.format(name=f"r{row}", length=40, letters=CONTIG[100 * (row or 1) :][:40].lower()) for row in range(22)
    )
    (tmp_path / "x.gb").write_text(text)
    choices = ImportChoices(task="unlabelled", records="whole", duplicates="drop")
    found = inspect([tmp_path / "x.gb"], choices)
    told(found)
    assert found.features is not None
    assert found.table is not None
    assert len(found.table) == 21
    assert set(found.features["id"]) == set(found.table["id"])
    shuffled = inspect([tmp_path / "x.gb"], ImportChoices(records="whole", negatives="shuffle", label_column="(none)"))
    assert shuffled.features is not None, shuffled.problems
    assert len(shuffled.features) == 44
