"""No measurement that is plainly in a file is lost without a word, and no column gets a meaning it does not have."""

from pathlib import Path

import numpy as np
import pytest

from seqdl_core.data.importing import ImportChoices, Inspection, inspect

RNG = np.random.default_rng(7)
AMINO = "ACDEFGHIKLMNPQRSTVWY"
HERE = str.maketrans("ACGT", "TGCA")


def letters(count: int, length: int = 30, of: str = "ACGT") -> list[str]:
    return ["".join(of[place] for place in row) for row in RNG.integers(0, len(of), (count, length))]


DNA, PROTEIN, OTHER = letters(40), letters(40, of=AMINO), letters(40, 36, of=AMINO)


def table(folder: Path, header: str, *columns: list[str], sign: str = ",") -> Path:
    rows = [sign.join(row) for row in zip(*columns, strict=True)]
    (folder / "table.csv").write_text("\n".join([header, *rows]) + "\n")
    return folder / "table.csv"


def reads(path: Path, sequences: list[str], *behind: str) -> Path:
    more = behind or ("1:N:0:1",) * len(sequences)
    records = (
        f"@r{n} {end}\n{one}\n+\n{'I' * len(one)}\n" for n, (one, end) in enumerate(zip(sequences, more, strict=True))
    )
    path.write_text("".join(records))
    return path


def read(*files: Path, **choices: str) -> Inspection:
    return inspect(list(files), ImportChoices.model_validate(choices))


def labels(found: Inspection) -> list[float]:
    assert found.table is not None, found.problems
    return [float(value) for value in found.table["label"]]


def evidence(found: Inspection, key: str) -> str:
    [one] = [one for one in found.findings if one.key == key]
    return f"{one.sentence} {one.evidence}"


def said(found: Inspection) -> str:
    return " ".join(one.sentence for one in found.notices)


GROUPED = [f"{2 + row}.{100 + 7 * row}" for row in range(40)]


def test_a_point_before_three_figures_is_asked_about_in_a_german_table(tmp_path: Path) -> None:
    path = table(tmp_path, "Sequenz;MFI", DNA, GROUPED, sign=";")
    asked = read(path)
    assert not asked.ready
    assert "2.100 is 2100 or 2.1" in asked.problems[0].what
    assert labels(read(path, decimal="comma"))[:2] == [2100, 3107]
    assert labels(read(path, decimal="point"))[:2] == [2.1, 3.107]


def test_a_point_is_a_decimal_sign_where_one_number_says_so(tmp_path: Path) -> None:
    assert labels(read(table(tmp_path, "seq;MFI", DNA, ["0.123", *GROUPED[1:]], sign=";")))[0] == 0.123
    assert labels(read(table(tmp_path, "seq,MFI", DNA, GROUPED)))[0] == 2.1


@pytest.mark.parametrize("names", [("bound.fastq", "unbound.fastq"), ("1_bound_R1.fastq", "1_unbound_R1.fastq")])
def test_two_files_of_reads_are_two_classes(tmp_path: Path, names: tuple[str, str]) -> None:
    found = read(*(reads(tmp_path / name, DNA[20 * n : 20 * n + 20]) for n, name in enumerate(names)))
    assert found.info is not None
    assert found.info.label_names == ("unbound", "bound")
    assert labels(found) == [1.0] * 20 + [0.0] * 20


@pytest.mark.parametrize(
    "names", [("a_R1.fastq", "a_R2.fastq"), ("SRR12.fastq", "SRR13.fastq"), ("a_L001.fq", "a_L002.fq")]
)
def test_ends_lanes_and_runs_are_no_classes(tmp_path: Path, names: tuple[str, str]) -> None:
    found = read(*(reads(tmp_path / name, DNA[20 * n : 20 * n + 20]) for n, name in enumerate(names)))
    assert found.info is not None
    assert found.info.task == "unlabelled"


def test_labels_in_the_headers_of_reads(tmp_path: Path) -> None:
    found = read(reads(tmp_path / "x.fastq", DNA, *(f"label={row % 2}" for row in range(40))))
    assert labels(found) == [row % 2 for row in range(40)]


@pytest.mark.parametrize("header", ["Fitness ± SEM", "Fitness (mean +/- SD)"])
def test_a_mean_and_its_error_are_a_label(tmp_path: Path, header: str) -> None:
    cells = [f"{row / 8:.3f} ± 0.05" for row in range(40)]
    found = read(table(tmp_path, f"sequence,{header}", PROTEIN, cells))
    assert labels(found)[:2] == [0.0, 0.125]
    assert f"{header} with a mean and an error" in said(found)


def test_units_that_differ_by_a_thousand(tmp_path: Path) -> None:
    cells = [f"{row + 1}.5 {('nM', 'uM', 'µM')[row % 3]}" for row in range(40)]
    found = read(table(tmp_path, "peptide,Kd", PROTEIN, cells))
    assert labels(found)[:4] == pytest.approx([0.0015, 2.5, 3.5, 0.0045], rel=1e-12)
    assert "14 in nM converted to µM" in said(found)


def test_units_of_two_kinds_are_asked_about(tmp_path: Path) -> None:
    cells = [f"{row + 1}.5 {('nM', 'kcal/mol')[row % 2]}" for row in range(40)]
    found = read(table(tmp_path, "peptide,Kd", PROTEIN, cells))
    assert not found.ready
    assert "1.5 nM" in found.problems[0].what


def test_a_protein_and_its_classes_by_turns(tmp_path: Path) -> None:
    classes = letters(40, of="HEC")
    records = (
        f">p{n}\n{one}\n>p{n}_ss\n{other}\n" for n, (one, other) in enumerate(zip(PROTEIN, classes, strict=True))
    )
    (tmp_path / "x.fa").write_text("".join(records))
    found = read(tmp_path / "x.fa")
    assert found.table is not None
    assert found.table["residues"].tolist() == classes
    assert found.table["sequence"].tolist() == PROTEIN


def test_no_classes_of_residues_are_said_to_be_missing(tmp_path: Path) -> None:
    (tmp_path / "x.fa").write_text("".join(f">p{n}\n{one}\n" for n, one in enumerate(PROTEIN)))
    [problem] = read(tmp_path / "x.fa", task="residues").problems
    assert problem.what == "Nothing gives each letter of the sequences a class."


def test_numbers_for_each_residue_are_said_not_to_be_read(tmp_path: Path) -> None:
    cells = ['"[' + ", ".join(f"{value:.2f}" for value in row) + ']"' for row in RNG.random((40, 30))]
    path = table(tmp_path, "sequence,reactivity", PROTEIN, cells)
    [problem] = read(path).problems
    assert "reactivity holds a number for each letter" in problem.what
    assert read(path, task="unlabelled").ready


def test_headers_of_signal_peptides(tmp_path: Path) -> None:
    types = [("SP", "NO_SP")[row % 2] for row in range(40)]
    fields = (f">P{n}|EUKARYA|{kind}|{n % 5}" for n, kind in enumerate(types))
    records = (f"{head}\n{one}\n{'S' * 10 + 'O' * 20}\n" for head, one in zip(fields, PROTEIN, strict=True))
    (tmp_path / "x.fa").write_text("".join(records))
    found = read(tmp_path / "x.fa")
    assert found.info is not None
    assert found.info.task == "residues"
    assert "Fold 4 of the column fold is the test set" in evidence(found, "split")
    [label] = [one for one in found.findings if one.key == "label"]
    assert "type" in dict(label.options)
    assert labels(read(tmp_path / "x.fa", label_column="type")) == [float(kind == "SP") for kind in types]


@pytest.mark.parametrize("header", ["protein_1,protein_2,label", "ref_sequence,alt_sequence,effect", "VH,VL,label"])
def test_pairs_are_asked_about(tmp_path: Path, header: str) -> None:
    path = table(tmp_path, header, PROTEIN, OTHER, [f"{row / 8}" for row in range(40)])
    found = read(path)
    assert "Each row is a pair of sequences" in found.problems[0].what
    assert [(one.choice, one.value) for one in found.findings if one.key == "sequences"] == [("sequence_column", "")]
    chosen = read(path, sequence_column=header.split(",")[1])
    assert chosen.table is not None
    assert chosen.table["sequence"].tolist() == OTHER


def test_copies_are_left_out_where_their_other_strand_stays(tmp_path: Path) -> None:
    strands = [strand for one in DNA for strand in (one, one.translate(HERE)[::-1])]
    columns = strands, [f"{row / 8}" for row in range(80)], [str(row % 2) for row in range(80)]
    assert labels(read(table(tmp_path, "seq,mean_value,rev", *columns))) == [row / 8 for row in range(0, 80, 2)]


def test_rows_that_are_no_copies_are_kept(tmp_path: Path) -> None:
    columns = DNA, [f"{row / 8}" for row in range(40)], [str(row % 2) for row in range(40)]
    found = read(table(tmp_path, "seq,mean_value,rev", *columns))
    assert len(labels(found)) == 40
    assert "20 rows that rev marks, 0 of which are the other strand of another row; all are kept." in said(found)


def test_a_column_has_one_role(tmp_path: Path) -> None:
    found = read(table(tmp_path, "seq,group", DNA, [str(1 + row % 2) for row in range(40)]))
    assert labels(found) == [row % 2 for row in range(40)]
    assert not [one for one in found.findings if one.key == "group"]
    assert found.table is not None
    assert "group" not in found.table


def test_counts_of_an_mpra_are_offered(tmp_path: Path) -> None:
    counts = [[str(10 + (7 * row + n) % 31) for row in range(40)] for n in range(2)]
    names = [f"E{row // 4}" for row in range(40)]
    found = read(table(tmp_path, "element_id,element_sequence,DNA_count_1,RNA_count_1", names, DNA, *counts))
    [problem] = found.problems
    assert problem.what.endswith(": DNA_count_1, RNA_count_1.")
    assert "log2(RNA / DNA)" in problem.fix


def test_a_score_of_one_to_five_is_in_order(tmp_path: Path) -> None:
    found = read(table(tmp_path, "sequence,score", DNA, [str(1 + row % 5) for row in range(40)]))
    assert labels(found)[:3] == [1, 2, 3]
    assert found.info is not None
    assert found.info.task == "regression"
    assert "only 1, 2, 3, 4, 5, read as numbers in their order and not as classes, so check this" in evidence(
        found, "task"
    )


def test_a_measurement_and_yes_or_no_are_asked_about(tmp_path: Path) -> None:
    columns = PROTEIN, [f"{row + 1}e-9" for row in range(40)], ["YN"[row % 2] for row in range(40)]
    [problem] = read(table(tmp_path, "VH,KD_M,neutralizing", *columns)).problems
    assert "KD_M, neutralizing" in problem.what


@pytest.mark.parametrize("genes", [["2-Sep", "1-Mar", "TP53", "1.23E+05"], ["2-Sep", "1-Mar", "1-Dec", "3-Mar"]])
def test_genes_turned_into_dates_are_told(tmp_path: Path, genes: list[str]) -> None:
    found = read(table(tmp_path, "gene,sequence,label", genes * 10, DNA, [str(row // 4 % 2) for row in range(40)]))
    dates = sum("-" in one for one in genes) * 10
    assert f"{dates} cells of gene that a spreadsheet turned into dates, such as 2-Sep" in said(found)
    assert ("10 cells of gene that a spreadsheet cut" in said(found)) == ("TP53" in genes)


def test_one_number_among_zeros_and_ones_is_named(tmp_path: Path) -> None:
    sequences = letters(300)
    found = read(table(tmp_path, "seq,label", sequences, [*(str(row % 2) for row in range(299)), "0.5"]))
    assert "all but 1 are 0 or 1, 0.5 in line 301 of table.csv, so check this" in evidence(found, "task")


def test_a_peptide_between_its_neighbours(tmp_path: Path) -> None:
    cells = [f"K.{one}.A" for one in PROTEIN]
    found = read(table(tmp_path, "Peptide,RT", cells, [f"{row / 8}" for row in range(40)]))
    assert found.table is not None
    assert found.table["sequence"].tolist() == PROTEIN
    assert "40 cells of Peptide with a neighbouring residue on either side" in said(found)


def test_letters_are_counted_once_bad_rows_are_out(tmp_path: Path) -> None:
    cells = ["", DNA[1].lower(), *DNA[2:]]
    path = table(tmp_path, "id,sequence,label", [f"s{n}" for n in range(40)], cells, [str(n % 2) for n in range(40)])
    found = read(path, bad_rows="drop")
    assert evidence(found, "alphabet").startswith("DNA, every sequence 30 bp. 39 of 39")
    assert "1 with lower case" in evidence(found, "alphabet")
