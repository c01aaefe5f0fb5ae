"""A table of mutants with a structure: the wild type is its chain, with the numbering found against the mutants."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from Bio.Data.PDBData import protein_letters_1to3

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.importing import inspect
from seqdl_core.data.inspection import Inspection

WILD = "MKTAYIAKQRQISFVKSHFSRQLEERLGLIEVQAPILSRVGDG"
OTHER = "GSHMDEEDNWRCPLQTVAKFYH"
LETTERS = "ACDEFGHIKLMNPQRSTVWY"


def structure(folder: Path, *chains: str, atoms: Sequence[int] = ()) -> Path:
    path = folder / "7abc.pdb"
    text = "HEADER    HYDROLASE                               01-JAN-20   7ABC              \n"
    for name, chain in zip("ABC", chains, strict=False):
        if atoms:
            text += "".join(
                f"ATOM  {at + 1:>5}  CA  {protein_letters_1to3[chain[at]].upper()} {name}{at + 10:>4}\n" for at in atoms
            )
        else:
            for row, at in enumerate(range(0, len(chain), 13), 1):
                names = " ".join(protein_letters_1to3[letter].upper() for letter in chain[at : at + 13])
                text += f"SEQRES {row:>3} {name} {len(chain):>4}  {names}\n"
    path.write_text(text)
    return path


def assay(folder: Path, first: int = 24, places: Sequence[int] = range(0, 40, 3)) -> Path:
    rng = np.random.default_rng(4)
    rows = []
    for place in places:
        for letter in rng.choice([one for one in LETTERS if one != WILD[place]], 3, replace=False):
            rows.append(f"{WILD[place]}{place + first}{letter},{rng.normal():.4f}")
    path = folder / "assay.csv"
    path.write_text("\n".join(["variant,fitness", *rows]) + "\n")
    return path


def line(found: Inspection, key: str) -> tuple[str, str, str]:
    [one] = [one for one in found.findings if one.key == key]
    return one.sentence, one.evidence, one.value


def test_the_chain_that_the_mutants_agree_with_is_the_wild_type(tmp_path: Path) -> None:
    found = inspect([assay(tmp_path), structure(tmp_path, OTHER, WILD)])
    assert not found.problems
    sentence, evidence, value = line(found, "wild type")
    assert sentence == f"The wild type has {len(WILD)} residues and comes from chain B of 7abc.pdb (SEQRES records)."
    assert evidence.startswith("42 of 42 mutants agree with the wild type")
    assert value == WILD
    assert line(found, "numbering")[0] == f"Numbering begins at 24 and ends at {23 + len(WILD)}."
    assert found.table is not None
    assert len(found.table) == 42
    for name, sequence in zip(found.table["id"], found.table["sequence"], strict=True):
        place = int(name[1:-1]) - 24
        assert sequence == WILD[:place] + name[-1] + WILD[place + 1 :]


def test_residues_that_the_atoms_do_not_show_are_as_the_mutants_name_them(tmp_path: Path) -> None:
    shown = [place for place in range(len(WILD)) if place not in (12, 13)]
    found = inspect([assay(tmp_path), structure(tmp_path, WILD, atoms=shown)])
    assert not found.problems
    sentence, _, value = line(found, "wild type")
    assert sentence.endswith("(ATOM records); 1 letter that it does not tell as the mutants name them.")
    assert value == f"{WILD[:13]}X{WILD[14:]}"


def test_a_sequence_file_beside_the_structure_comes_first(tmp_path: Path) -> None:
    (tmp_path / "wt.fa").write_text(f">wt\n{WILD}\n")
    found = inspect([assay(tmp_path), structure(tmp_path, WILD[:-2], OTHER), tmp_path / "wt.fa"])
    assert not found.problems
    assert line(found, "wild type")[0].endswith("comes from the file wt.fa.")
    assert found.table is not None
    assert set(found.table["source"]) == {"assay.csv"}


def test_chains_that_agree_equally_well_are_asked_about_and_can_be_answered(tmp_path: Path) -> None:
    files = [assay(tmp_path), structure(tmp_path, WILD, f"{WILD}GS")]
    [problem] = inspect(files).problems
    assert problem.what == "2 chains of the structure agree equally well with the mutants."
    assert (problem.where, bool(problem.fix)) == ("7abc.pdb", True)
    assert not inspect(files, ImportChoices(wild_type=WILD)).problems


def test_a_structure_beside_rows_with_letters_makes_none(tmp_path: Path) -> None:
    rows = [f"{WILD[:n]}{WILD[n + 1 :]},{n / 7:.3f}" for n in range(40)]
    (tmp_path / "seqs.csv").write_text("\n".join(["sequence,fitness", *rows]) + "\n")
    found = inspect([tmp_path / "seqs.csv", structure(tmp_path, WILD)])
    assert not found.problems
    assert found.table is not None
    assert set(found.table["source"]) == {"seqs.csv"}
    assert "1 structure left aside: the rows have their own letters." in [one.sentence for one in found.notices]


@pytest.mark.parametrize("count", [1, 2])
def test_structures_alone_are_sequences_without_labels(tmp_path: Path, count: int) -> None:
    files = [structure(tmp_path, WILD, OTHER)]
    if count == 2:
        files.append(files[0].rename(tmp_path / "first.pdb"))
        files[0] = structure(tmp_path, OTHER[::-1], WILD[::-1])
    found = inspect(files)
    assert not found.problems
    assert found.info is not None
    assert found.info.task == "unlabelled"
    assert sum(found.info.counts.values()) == 2 * count
