"""Mutants in three columns and in maps of positions by letters."""

from pathlib import Path

from seqdl_core.sequences.readers import RawTable, read_table

AMINO = "ACDEFGHIKLMNPQRSTVWY"


def read(folder: Path, text: str) -> RawTable:
    path = folder / "dms.csv"
    path.write_text(text)
    return read_table(path)


def test_position_and_letters_in_three_columns(tmp_path: Path) -> None:
    table = read(tmp_path, "position,wt_aa,mut_aa,score\n24,A,P,-1.5\n25,Leu,Ter,0.5\n26,G,G,1\n")
    assert table.kind == "mutants"
    assert table.cells["mutant"].tolist() == ["A24P", "Leu25Ter", "G26G"]
    assert table.cells["score"].tolist() == ["-1.5", "0.5", "1"]
    assert table.notices[-1].sentence == "3 mutants put together from the columns position, wt_aa, mut_aa."


def test_a_map_becomes_one_row_a_cell(tmp_path: Path) -> None:
    rows = [f"{at},{wild}," + ",".join("" if a == "P" else f"{at}.{n}" for n, a in enumerate(AMINO)) for at, wild in
            ((7, "M"), (8, "K"))]  # fmt: skip
    table = read(tmp_path, "Position,WT," + ",".join(AMINO) + "\n" + "\n".join(rows) + "\n")
    assert table.kind == "mutants"
    assert len(table) == 2 * 18  # neither the empty cells nor the wild type's own
    assert table.cells.iloc[0].tolist() == ["M7A", "7.0"]
    assert table.cells["mutant"].tolist()[-1] == "K8Y"
    assert "M7M" not in table.cells["mutant"].tolist()
    assert set(table.lines.tolist()) == {2, 3}
    said = [one.sentence for one in table.notices]
    assert "2 cells of the wild type's own letter, left out." in said


def test_other_tables_with_letters_for_names_are_no_maps(tmp_path: Path) -> None:
    table = read(tmp_path, "name,A,C,G\nx,1,2,3\ny,4,5,6\n")
    assert table.kind == "other"
    counts = read(tmp_path, "pos,ref,alt\n1,ab,T\n2,G,C\n")
    assert counts.kind == "other"
