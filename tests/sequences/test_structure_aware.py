"""Structure-aware sequences, an amino acid and a 3Di letter by turns, are read as the amino acids."""

import random
from pathlib import Path

import pytest

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.importing import inspect
from seqdl_core.data.large.sample import NotInBatches, make_plan, take_sample
from seqdl_core.sequences.readers import read_table
from seqdl_core.sequences.readers._structure_aware import without_shapes

ACIDS = "ACDEFGHIKLMNPQRSTVWY"
SHAPES = ACIDS.lower() + "##"


def proteins(count: int = 40, length: int = 24) -> tuple[list[str], list[str]]:
    draw = random.Random(3)
    plain = ["".join(draw.choices(ACIDS, k=length)) for _ in range(count)]
    return plain, ["".join(acid + draw.choice(SHAPES) for acid in one) for one in plain]


def test_pairs_are_told_from_proteins_and_words() -> None:
    plain, aware = proteins()
    assert without_shapes(aware) == plain
    assert without_shapes(["M#E#V#R#L#", "#dEvVpRwLl"]) == ["MEVRL", "XEVRL"]
    assert without_shapes([*aware, plain[0]]) == [*plain, plain[0]], "one without the letters stays"
    for other in (plain, [one.lower() for one in plain], [*aware[:20], *plain[:20]], ["He", "No", "Ne"], [], [""]):
        assert without_shapes(other) is None


@pytest.mark.parametrize("layout", ["csv", "fasta"])
def test_the_amino_acids_are_read_and_the_letters_of_the_structure_told(tmp_path: Path, layout: str) -> None:
    plain, aware = proteins()
    path = tmp_path / f"saprot.{layout}"
    if layout == "csv":
        path.write_text("protein,label\n" + "".join(f"{one},{row % 2}\n" for row, one in enumerate(aware)))
    else:
        path.write_text("".join(f">p{row}|{row % 2}\n{one}\n" for row, one in enumerate(aware)))
    found = inspect([path])
    assert found.table is not None
    assert found.table["sequence"].tolist() == plain
    [alphabet] = [one for one in found.findings if one.key == "alphabet"]
    assert alphabet.sentence == "Protein, every sequence 24 residues."
    [told] = [one.sentence for one in found.notices if "3Di" in one.what]
    noun = "sequences" if layout == "fasta" else "cells of protein"
    assert told == (
        f"40 {noun} with a letter of the structure (3Di) behind each amino acid, left out; the amino acids are the "
        "sequence."
    )


def test_a_file_read_in_batches_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.fa"
    path.write_text("".join(f">p{row}|{row % 2}\n{one}\n" for row, one in enumerate(proteins()[1])))
    with pytest.raises(NotInBatches, match="structure-aware"):
        make_plan(take_sample(path, "large.fa"), ImportChoices())


def test_labels_of_two_letters_are_no_sequences(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "sequence,metal\n" + "".join(f"{one},{'Zn' if row % 2 else 'Fe'}\n" for row, one in enumerate(proteins()[0]))
    )
    assert set(read_table(path).cells["metal"]) == {"Zn", "Fe"}
