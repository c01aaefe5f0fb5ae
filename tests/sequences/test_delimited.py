"""Tables: separators, header lines, columns, and the line of a row that does not fit."""

import time
from pathlib import Path

import pytest

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import RawTable, read_table


def table(folder: Path, text: str, layout: str = "auto") -> RawTable:
    path = folder / "peaks.txt"
    path.write_text(text)
    return read_table(path, layout=layout)


@pytest.mark.parametrize(("layout", "separator"), [("tab", "\t"), ("comma", ","), ("semicolon", ";")])
def test_the_separator_is_found(tmp_path: Path, layout: str, separator: str) -> None:
    read = table(tmp_path, "id|seq|label\na|ACGTAC|1\nb|TTTTTT|0\n".replace("|", separator))
    assert read.layout == layout
    assert read.header
    assert read.cells.to_dict("list") == {"id": ["a", "b"], "seq": ["ACGTAC", "TTTTTT"], "label": ["1", "0"]}
    assert read.sequence_column == "seq"
    assert read.where(1) == "line 3 of peaks.txt"


def test_a_table_without_a_header_line(tmp_path: Path) -> None:
    read = table(tmp_path, "+,S10,\t\ttactagca\n-,AMPC,\t\ttgctatcc\n")
    assert not read.header
    assert list(read.cells.columns) == ["column 1", "column 2", "column 3"]
    assert read.sequence_column == "column 3"
    assert read.cells["column 3"].tolist() == ["tactagca", "tgctatcc"]
    assert [notice.sentence for notice in read.notices] == ["2 rows with blanks around a cell, which were removed."]


@pytest.mark.parametrize("header", ["foo,bar", "seq,y", "Peptide,score"])
def test_a_header_of_any_words(tmp_path: Path, header: str) -> None:
    read = table(tmp_path, f"{header}\nGLRRLFADQLVGRRNI,1\nGIMDTVKNVAKNLAGQ,0\n")
    assert list(read.cells.columns) == header.split(",")
    assert len(read) == 2


def test_the_sequence_column_is_the_named_one_before_the_longest(tmp_path: Path) -> None:
    read = table(tmp_path, "seq\tcontext\nACGTACGTAC\tACGTACGTACGTACGTACGT\nACGTACGTAA\tACGTACGTACGTACGTACGA\n")
    assert read.sequence_column == "seq"
    read = table(tmp_path, "kind\tregion\nenhancer\tACGTACGTACGTACGTACGT\nsilencer\tACGTACGTACGTACGTACGA\n")
    assert read.sequence_column == "region"


def test_one_sequence_a_line(tmp_path: Path) -> None:
    read = table(tmp_path, "ACGTACGT\nACGTTTTT\n")
    assert read.cells["column 1"].tolist() == ["ACGTACGT", "ACGTTTTT"]


def test_quoted_fields_comments_and_blank_lines(tmp_path: Path) -> None:
    read = table(tmp_path, '# made by hand\nname,seq\n"a, the\nfirst",ACGTA\n\nb,TTTTT\n')
    assert read.cells["name"].tolist() == ["a, the\nfirst", "b"]
    assert read.lines.tolist() == [3, 6]
    assert [notice.sentence for notice in read.notices] == ["1 comment line at the top, left out."]


def test_columns_with_the_same_name_or_none(tmp_path: Path) -> None:
    read = table(tmp_path, "seq,x,x,\nACGTA,1,2,3\nACGTT,4,5,6\n")
    assert list(read.cells.columns) == ["seq", "x", "x (2)", "column 4"]


@pytest.mark.parametrize(("row", "fields"), [("b\tACGT", "2 fields"), ("b\tACGT\t1\t9", "4 fields"), ("b", "1 field")])
def test_a_row_of_another_length_is_refused_with_its_line(tmp_path: Path, row: str, fields: str) -> None:
    with pytest.raises(ReadError) as caught:
        table(tmp_path, f"id\tseq\tlabel\na\tACGTA\t1\n\n{row}\nc\tACGTA\t0\n{row}\n")
    assert caught.value.what == f"This row has {fields}; the others have 3. 1 further row differs too."
    assert caught.value.where == "line 4 of peaks.txt"


def test_a_chosen_separator_is_obeyed(tmp_path: Path) -> None:
    text = "name;seq,label\na;x,ACGTAC\nb;y,ACGTAA\n"
    assert table(tmp_path, text, "comma").cells["label"].tolist() == ["ACGTAC", "ACGTAA"]
    assert table(tmp_path, text, "semicolon").kind == "other"


def test_nothing_but_separators(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no filled cell"):
        table(tmp_path, ",,,\n,,,\n")


def test_runs_of_blanks(tmp_path: Path) -> None:
    read = table(tmp_path, "id   seq      y\na1   ACGTAC   0.5\nb    TTTTTT  -1.5\n")
    assert read.layout == "blanks"
    assert read.cells.to_dict("list") == {"id": ["a1", "b"], "seq": ["ACGTAC", "TTTTTT"], "y": ["0.5", "-1.5"]}


def test_a_header_of_bare_numbers(tmp_path: Path) -> None:
    read = table(tmp_path, "mutant,0,39,2500\nH24A,0.01,-0.002,0.5\nH24C,0.02,0.04,-0.4\n")
    assert list(read.cells.columns) == ["mutant", "0", "39", "2500"]
    assert read.kind == "mutants"


@pytest.mark.parametrize("text", ["1,0.5,0.25\n0,0.25,0.75\n", "+,ACGTACGT\n-,TTTTACGT\n+,GGGTACGT\n",
                                  "positive,ACGTACGT\nnegative,TTTTACGT\npositive,GGGTACGT\n",
                                  "EI,ATRINS-1,ACGTACGT\nIE,BABA-2,TTGGACGT\nEI,C-3,ACGTTTTT\n"])  # fmt: skip
def test_values_are_no_header(tmp_path: Path, text: str) -> None:
    assert not table(tmp_path, text).header


def test_a_header_repeated_by_cat(tmp_path: Path) -> None:
    read = table(tmp_path, "seq,label\nACGTA,1\nseq,label\nTTTTA,0\n")
    assert read.cells["seq"].tolist() == ["ACGTA", "TTTTA"]
    assert read.lines.tolist() == [2, 4]
    assert [n.sentence for n in read.notices] == ["1 repeated header line left out."]


@pytest.mark.parametrize(
    ("header", "row", "column"),
    [
        ("protein,label,stage", "MKVLAAGIV,1,train", "protein"),
        ("aa_seq,label,foldseek_seq,ss8_seq", "MKVLAAGIV,1,dpvvqqldd,CCHHHHTCC", "aa_seq"),
        ("sequence,target,set,validation", "MKVLAAGIV,1.5,train,", "sequence"),
        ("seq_id,seq,mean_value,fold_num,rev", "a,ACGTACGT,0.5,1,0", "seq"),
        ("utr,rl,total_reads,library", "ACGTACGTTT,5.5,10,x", "utr"),
        ("Entry,Entry Name,Sequence,Length", "P1,A_HUMAN,MKVULAAGIV,10", "Sequence"),
        ("mutant,mutated_sequence,DMS_score", "M1A,AKVLAAGIVL,0.5", "mutated_sequence"),
        (
            "IDs,chr,OL,class,K562_log2FC,K562_lfcSE,sequence",
            "7:70038969:G:T:A:wC,7,1,x,0.5,0.1,ACGTACGTAC",
            "sequence",
        ),
        ("guide,target,longSeq100Bp,seq", "ABCC8_chr11,0.5,ACGTACGTACGTACGTACGT,ACGTACGTAC", "seq"),
        ("name,wt_seq,variant_seq,y", "a,MKVLAAGIV,MKVLAAGIA,1", "variant_seq"),
    ],
)
def test_the_sequence_column_of_known_tools(tmp_path: Path, header: str, row: str, column: str) -> None:
    read = table(tmp_path, f"{header}\n{row}\n")
    assert read.kind == "sequences"
    assert read.sequence_column == column


def test_values_by_name_are_read_as_no_sequences(tmp_path: Path) -> None:
    read = table(
        tmp_path, "name\tDev_log2_enrichment\tclass\nOne\t1.5\tenhancer\nTwo\t2.5\tsilencer\nSix\t2.5\tenhancer\n"
    )
    assert (read.kind, read.sequence_column) == ("other", "")
    assert list(read.cells.columns) == ["name", "Dev_log2_enrichment", "class"]


@pytest.mark.parametrize("text", ["0\n7\n3\n", "1es5-A\n2abc-B\n", "P12345\nQ99999\n"])
def test_one_number_or_name_a_line_is_an_index(tmp_path: Path, text: str) -> None:
    read = table(tmp_path, text)
    assert read.kind == "indices"
    assert read.cells["value"].tolist() == text.split()


def test_mutants_that_repeat_their_wild_type(tmp_path: Path) -> None:
    read = table(tmp_path, "Variant,sequence,Fitness\nM1A,MKVLA,0.5\nK2C,MKVLA,0.25\nWT,MKVLA,1\n")
    assert (read.kind, read.name_column) == ("mutants", "mutant")
    assert list(read.cells.columns) == ["mutant", "sequence", "Fitness"]


def test_pairs_are_told(tmp_path: Path) -> None:
    read = table(tmp_path, "protein_1,protein_2,label\nMKVLAAG,ACDEFGH,1\nMKVLAAC,ACDEFGK,0\n")
    assert read.sequence_column == "protein_1"
    assert [n.what for n in read.notices] == [
        "table of pairs of sequences (protein_1, protein_2); SeqDL learns from one sequence a row."
    ]


def test_gene_names_and_long_numbers_that_a_spreadsheet_changed(tmp_path: Path) -> None:
    text = "gene,id,seq\nBRCA1,1234567890123,ACGTAC\n2-Sep,1.23E+15,ACGTAA\nMar-01,1234567890124,ACGTTT\n"
    text += "TP53,5,ACGTGG\nA,6,AAACGT\n"
    read = table(tmp_path, text)
    assert [(n.count, n.where) for n in read.notices] == [(2, "line 3 of peaks.txt"), (1, "line 3 of peaks.txt")]
    assert "2-Sep" in read.notices[0].what
    assert "1.23E+15" in read.notices[1].what
    assert read.cells["gene"].tolist()[1] == "2-Sep"


def test_separators_at_the_end_of_lines(tmp_path: Path) -> None:
    read = table(tmp_path, "seq\tlabel\t\nACGTA\t1\t\nACGTT\t0\t\n")
    assert list(read.cells.columns) == ["seq", "label"]
    read = table(tmp_path, "seq\tlabel\nACGTA\t1\t\nACGTT\t0\nACGTC\t1\n")
    assert read.cells["label"].tolist() == ["1", "0", "1"]


def test_row_names_as_r_writes_them(tmp_path: Path) -> None:
    read = table(tmp_path, "seq\ty\n1\tACGTA\t0.5\n2\tACGTC\t0.7\n")
    assert list(read.cells.columns) == ["column 1", "seq", "y"]


def test_long_genes_in_quotes(tmp_path: Path) -> None:
    read = table(tmp_path, f'name,seq\n"a, b",{"ACGT" * 100_000}\n')
    assert len(read.cells["seq"].iloc[0]) == 400_000


def test_a_million_columns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="1,000,000 columns"):
        table(tmp_path, ",".join(["x"] * 1_000_000) + "\n" + ",".join(["ACGT"] * 1_000_000) + "\n")


@pytest.mark.slow
def test_a_cell_of_50_mb_ends_fast(tmp_path: Path) -> None:
    start = time.process_time()
    read = table(tmp_path, f"seq,label\n{'A' * 50_000_000},1\nACGT,0\n")
    assert len(read.cells["seq"].iloc[0]) == 50_000_000
    assert time.process_time() - start < 20


@pytest.mark.parametrize(
    "text", ["These are notes.\nThey go on, and on.\n", "no table\nat all\n", "Dear all,\nhello, you\n\nbye\n"]
)
def test_prose_is_no_table(tmp_path: Path, text: str) -> None:
    with pytest.raises(ReadError, match="neither"):
        table(tmp_path, text)


@pytest.mark.parametrize(
    ("place", "kind", "rows", "column"),
    [
        ("dms_blat_hsu/data.csv", "sequences", 4807, "seq"),
        ("dms_deepsequence/BLAT_ECOLX_Ranganathan2015.csv", "mutants", 4997, "mutant"),
        ("dms_nn4dms_avgfp/avgfp.tsv", "mutants", 54024, "mutant"),
        ("dms_nn4dms_avgfp/splits_main/stest.txt", "indices", 5403, "value"),
        ("crispr_guides/chari2015Train293T.scores.tab", "sequences", 1234, "seq"),
        ("plant_core_promoters/CNN_test_leaf.tsv", "sequences", 7154, "sequence"),
        ("plant_core_promoters/CNN_test_leaf_pred.tsv", "other", 7154, "enrichment"),
        ("uci_splice_promoter/splice.data", "sequences", 3190, "column 3"),
        ("uci_splice_promoter/promoters.data", "sequences", 106, "column 3"),
    ],
)
def test_real_tables(shared_data: Path, place: str, kind: str, rows: int, column: str) -> None:
    read = read_table(shared_data / "data" / place)
    assert (read.kind, len(read)) == (kind, rows)
    assert column in read.cells.columns
    if kind == "sequences":
        assert read.sequence_column == column
