"""Structures: the letters of their chains, from SEQRES or entities, else from the atoms."""

import io
import warnings
from pathlib import Path

import pytest
from Bio import SeqIO
from Bio.Data.PDBData import protein_letters_1to3

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import RawTable, read_table

GFP = "MSKGEELFTGVVPILVELDG"


def residues(letters: str) -> list[str]:
    return [protein_letters_1to3[letter].upper() for letter in letters]


def seqres(chain: str, names: list[str]) -> str:
    rows = [names[at : at + 13] for at in range(0, len(names), 13)]
    return "".join(f"SEQRES {n:>3} {chain} {len(names):>4}  {' '.join(row):<51}\n" for n, row in enumerate(rows, 1))


def atoms(chain: str, names: list[str], numbers: list[int], record: str = "ATOM") -> str:
    return "".join(
        f"{record:<6}{at:>5}  {atom:<3} {name:>3} {chain}{number:>4}    {1.0:8.3f}{2.0:8.3f}{3.0:8.3f}  1.00 20.00\n"
        for at, (name, number) in enumerate(zip(names, numbers, strict=True), 1)
        for atom in ("N", "CA")
    )


def read(folder: Path, text: str, name: str = "x.pdb") -> RawTable:
    (folder / name).write_text(text)
    return read_table(folder / name)


def told(table: RawTable) -> dict[str, str]:
    return dict(zip(table.cells["chains"], table.cells["sequence"], strict=True))


HEADER = "HEADER    FLUORESCENT PROTEIN                     16-OCT-07   2WUR              \n"


def test_seqres_is_read_as_biopython_reads_it_and_alike_chains_are_one_row(tmp_path: Path) -> None:
    text = (
        HEADER + seqres("A", residues(GFP)) + seqres("B", residues(GFP)) + seqres("C", residues("ACDEFGHIKLMNPQRSTVWY"))
    )
    table = read(tmp_path, text + atoms("A", residues(GFP[3:]), list(range(3, 20))) + "END\n")
    assert told(table) == {"A, B": GFP, "C": "ACDEFGHIKLMNPQRSTVWY"}
    assert set(table.cells["records"]) == {"SEQRES"}
    assert (table.layout, table.kind, table.lines.tolist()) == ("pdb", "sequences", [2, 6])
    truth = {record.annotations["chain"]: str(record.seq) for record in SeqIO.parse(io.StringIO(text), "pdb-seqres")}
    assert truth == {"A": GFP, "B": GFP, "C": "ACDEFGHIKLMNPQRSTVWY"}


def test_atoms_tell_gaps_and_leave_out_water_ligands_and_further_models(tmp_path: Path) -> None:
    numbers = [*range(2, 8), *range(11, 15)]
    model = atoms("A", residues("SKGEEL"), numbers[:6]) + atoms("A", ["VAL", "MSE", "PRO", "ILE"], numbers[6:])
    model = model.replace("ATOM  ", "HETATM", 0) + "TER\n" + atoms("A", ["HOH", "GOL"], [301, 302], "HETATM")
    text = (
        HEADER + f"MODEL        1\n{model}ENDMDL\nMODEL        2\n{atoms('B', residues('WWWW'), [1, 2, 3, 4])}ENDMDL\n"
    )
    table = read(tmp_path, text)
    assert told(table) == {"A": "SKGEELXXXVMPI"}
    assert [one.sentence for one in table.notices] == [
        "3 residues of no known letter, or between atoms and not shown, read as X."
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        [record] = SeqIO.parse(io.StringIO(text), "pdb-atom")
    assert str(record.seq) == "SKGEELXXXVMPI"


def test_the_chromophore_of_a_fluorescent_protein_is_three_residues(tmp_path: Path) -> None:
    names = [*residues("TLV"), "GYS", *residues("VQC")]
    assert told(read(tmp_path, HEADER + seqres("A", names))) == {"A": "TLVSYGVQC"}
    numbers = [62, 63, 64, 66, 68, 69, 70]
    assert told(read(tmp_path, HEADER + atoms("A", names, numbers))) == {"A": "TLVSYGVQC"}


def test_chains_of_nucleic_acids_are_left_out_and_counted(tmp_path: Path) -> None:
    table = read(tmp_path, HEADER + seqres("A", residues(GFP)) + seqres("D", ["DA", "DC", "DG", "DT"]))
    assert told(table) == {"A": GFP}
    assert table.notices[0].sentence == "1 chain without amino acids (nucleic acids, ligands), left out."


@pytest.mark.parametrize(
    ("text", "what", "where"),
    [
        (HEADER + "REMARK   2 RESOLUTION\n", "The structure has no chain of amino acids.", "x.pdb"),
        (
            HEADER + atoms("A", ["ALA"], [7]).replace("   7 ", " xy7 "),
            "The residue of this atom has no number.",
            "line 2 of x.pdb",
        ),
    ],
)
def test_what_is_no_protein_or_damaged_is_named(tmp_path: Path, text: str, what: str, where: str) -> None:
    with pytest.raises(ReadError) as told_of:
        read(tmp_path, text)
    assert (told_of.value.what, told_of.value.where) == (what, where)


ENTITIES = f"""data_2WUR
#
_entry.id   2WUR
#
loop_
_entity_poly.entity_id
_entity_poly.type
_entity_poly.pdbx_seq_one_letter_code_can
_entity_poly.pdbx_strand_id
1 'polypeptide(L)'
;{GFP[:12]}
{GFP[12:]}
;
A,B
2 polydeoxyribonucleotide ACGT C
#
"""
SITES = """data_model
#
loop_
_atom_site.group_PDB
_atom_site.id
_atom_site.label_comp_id
_atom_site.auth_asym_id
_atom_site.auth_seq_id
_atom_site.pdbx_PDB_model_num
ATOM 1 MET A 1 1
ATOM 2 MET A 1 1
ATOM 3 SER A 2 1
ATOM 4 LYS A 4 1
HETATM 5 HOH A 90 1
ATOM 6 MET A 1 2
#
"""


def test_mmcif_gives_the_canonical_letters_of_its_entities_else_its_atoms(tmp_path: Path) -> None:
    table = read(tmp_path, ENTITIES, "2wur.cif")
    assert told(table) == {"A, B": GFP}
    assert (table.layout, set(table.cells["records"])) == ("mmcif", {"entity_poly"})
    assert told(read(tmp_path, SITES, "model.cif")) == {"A": "MSXK"}


def test_a_damaged_mmcif_is_refused_in_three_parts(tmp_path: Path) -> None:
    with pytest.raises(ReadError) as told_of:
        read(tmp_path, SITES.replace("ATOM 4 LYS A 4 1", "ATOM 4 LYS A four 1"), "model.cif")
    assert told_of.value.what.startswith("The mmCIF file cannot be read (")
    assert told_of.value.fix
