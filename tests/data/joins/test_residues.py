"""A class for each residue, from files with the same names or from a column."""

from pathlib import Path

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.joins.residues import join_residues
from seqdl_core.sequences.readers import RawTable, read_table, read_tables

SEQUENCES = ">a\nMKVLAGW\n>b\nACDEFGHIK\n>c\nLMNPQRSTVWY\n"
LABELS = ">c SET=test\nCCCCHHHHHCC\n>a SET=train\nCCHHHEE\n>b SET=train\nHHHHHCCCC\n"
MASK = ">a\n0111110\n>b\n111111111\n>c\n00111111111\n"


def write(folder: Path, **files: str) -> list[RawTable]:
    tables = []
    for name, text in files.items():
        (folder / f"{name}.fasta").write_text(text)
        tables.append(read_table(folder / f"{name}.fasta"))
    return tables


def test_three_files_are_joined_by_name(tmp_path: Path) -> None:
    built = join_residues(write(tmp_path, labels=LABELS, mask=MASK, sequences=SEQUENCES), ImportChoices())
    assert built is not None
    assert built.table.file.name == "sequences.fasta"
    assert built.table.cells["residues"].tolist() == [".CHHHE.", "HHHHHCCCC", "..CCHHHHHCC"]
    assert built.table.cells["SET"].tolist() == ["train", "train", "test"]
    assert (built.task, built.used) == ("residues", ("labels.fasta", "mask.fasta"))
    assert built.findings[0].evidence == "3 of 3 records agree in name and length; 4 of 27 residues are masked"
    assert "(C, E, H)" in built.findings[0].sentence


def test_without_a_mask_and_with_0_and_1_as_classes(tmp_path: Path) -> None:
    built = join_residues(write(tmp_path, sequences=SEQUENCES, order=MASK), ImportChoices())
    assert built is not None
    assert built.table.cells["residues"].tolist() == ["0111110", "111111111", "00111111111"]


def test_brackets_are_a_structure(tmp_path: Path) -> None:
    (tmp_path / "rna.csv").write_text("name,seq,dot_bracket,y\na,GGGAAACCC,(((...))),0.5\nb,GGGAAACCG,.((...)).,0.7\n")
    built = join_residues([read_table(tmp_path / "rna.csv")], ImportChoices())
    assert built is not None
    assert built.table.cells["structure"].tolist() == ["(((...)))", ".((...))."]
    assert built.task == ""


def test_records_that_are_missing_or_differ_in_length_are_told(tmp_path: Path) -> None:
    many = "".join(f">r{n}\nMKVLAGWACDEFHIPQRST\n" for n in range(40))
    labels = "".join(f">r{n}\n{'HEC' * 6}{'' if n == 7 else 'C'}\n" for n in range(40) if n != 3)
    built = join_residues(write(tmp_path, s=many, l=labels), ImportChoices())
    assert built is not None
    assert [(n.sentence, n.where) for n in built.notices] == [
        ("1 record not found in l.fasta, left out.", "line 7 of s.fasta (record r3)"),
        ("1 record with another number of labels than letters, left out.", "line 15 of s.fasta (record r7)"),
    ]
    assert len(built.table) == 38
    short = join_residues(write(tmp_path, s=SEQUENCES, l=LABELS.replace("CCHHHEE", "CCHHH")), ImportChoices())
    assert short is not None
    assert "7 letters" in short.problems[0].what


def test_a_training_and_a_test_file_are_not_joined(tmp_path: Path) -> None:
    same_names = SEQUENCES.replace("M", "W")
    assert join_residues(write(tmp_path, train=SEQUENCES, test=same_names), ImportChoices()) is None
    dna = [">a\nACGTACGT\n>b\nGGGTACGT\n", ">a\nTTTTACGT\n>b\nCCCTACGT\n"]
    assert join_residues(write(tmp_path, positive=dna[0], negative=dna[1]), ImportChoices()) is None


def test_a_column_is_the_label_only_where_no_other_is(tmp_path: Path) -> None:
    path = tmp_path / "venus.csv"
    path.write_text(
        "aa_seq,foldseek_seq,ss8_seq,ss3_seq\nMKVLAGW,dpvvqql,CCHHGGT,CCHHHHC\nACDEFGH,dpvvqqa,CCHHGGT,CCHHHCC\n"
    )
    built = join_residues([read_table(path)], ImportChoices())
    assert built is not None
    assert built.table.cells["residues"].tolist() == ["CCHHHHC", "CCHHHCC"]
    chosen = join_residues([read_table(path)], ImportChoices(label_column="ss8_seq"))
    assert chosen is not None
    assert chosen.table.cells["residues"].tolist() == ["CCHHGGT", "CCHHGGT"]
    path.write_text("aa_seq,label,ss8_seq\nMKVLAGW,1,CCHHGGT\nACDEFGH,0,CCHHGGT\n")
    assert join_residues([read_table(path)], ImportChoices()) is None


def test_secondary_structure_of_flip(shared_data: Path) -> None:
    tables = read_tables(shared_data / "data" / "flip_secondary_structure" / "splits.zip")
    built = join_residues(tables, ImportChoices())
    assert built is not None
    cells = built.table.cells
    assert len(cells) == 11156
    assert (cells["residues"].str.len() == cells["sequence"].str.len()).all()
    letters = "".join(cells["residues"])
    assert (len(letters), letters.count(".")) == (2845094, 186876)
    assert set(letters) == set("CEH.")
    assert (cells["SET"] == "test").sum() == 364
