"""FASTA: records, labels in headers, and the line of a letter."""

from pathlib import Path

import pytest

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import RawTable, read_table


def fasta(folder: Path, text: str) -> RawTable:
    path = folder / "peaks.fa"
    path.write_text(text)
    return read_table(path)


def test_records_over_several_lines(tmp_path: Path) -> None:
    table = fasta(tmp_path, "\n>one first record\nACGT\nAC\n\nGT\n>two\nTTTT\n")
    assert table.cells["name"].tolist() == ["one", "two"]
    assert table.cells["sequence"].tolist() == ["ACGTACGT", "TTTT"]
    assert table.lines.tolist() == [2, 7]
    assert not table.notices


@pytest.mark.parametrize(("letter", "line"), [(0, 3), (3, 3), (4, 4), (5, 4), (6, 6), (7, 6)])
def test_the_line_of_a_letter(tmp_path: Path, letter: int, line: int) -> None:
    table = fasta(tmp_path, ">zero\n>one\nACGT\nA C\n\nGT\n>two\nTTTT\n")
    assert table.where(1, letter) == f"line {line} of peaks.fa (record one)"
    assert table.where(2, 0) == "line 8 of peaks.fa (record two)"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (["a|1", "b|0"], {"name": ["a", "b"], "label": ["1", "0"]}),
        (
            ["a|1|training", "b|0|testing"],
            {"name": ["a", "b"], "label": ["1", "0"], "split": ["training", "testing"]},
        ),
        (["a label=1", "b label=0"], {"name": ["a", "b"], "label": ["1", "0"]}),
        (["a TARGET=1.0 SET=train", "b TARGET=0 SET=test"], {"TARGET": ["1.0", "0"], "SET": ["train", "test"]}),
        ([" chr1,+,1,9; class:0", "chr2,-,1,9; class:1"], {"name": ["chr1,+,1,9", "chr2,-,1,9"], "class": ["0", "1"]}),
        (["a 1", "b 0"], {"name": ["a", "b"], "label": ["1", "0"]}),
        (["a|1", "b"], {"name": ["a", "b"], "label": ["1", ""]}),
        (["a|pos", "b|neg"], {"label": ["pos", "neg"]}),
        (
            ["AT1G2.1_5|1|training a gene", "b|0|testing"],
            {"name": ["AT1G2.1_5", "b"], "split": ["training", "testing"]},
        ),
        (["a|miRNA|train", "b|tRNA|test"], {"label": ["miRNA", "tRNA"], "split": ["train", "test"]}),
        (["0,2", "1"], {"name": ["record_1", "record_2"], "label": ["0,2", "1"]}),
        (
            ["S1 TARGET=Glob SET=train VALIDATION=False", "S2 TARGET=Mem SET=test VALIDATION=True"],
            {
                "name": ["S1", "S2"],
                "TARGET": ["Glob", "Mem"],
                "SET": ["train", "test"],
                "VALIDATION": ["False", "True"],
            },
        ),
        (
            ["label|0|Abiotrophia defectiva", "label|1|Bacillus"],
            {
                "name": ["record_1", "record_2"],
                "label": ["0", "1"],
                "description": ["Abiotrophia defectiva", "Bacillus"],
            },
        ),
    ],
)
def test_labels_in_headers(tmp_path: Path, headers: list[str], expected: dict[str, list[str]]) -> None:
    table = fasta(tmp_path, "".join(f">{header}\nACGT\n" for header in headers))
    for column, values in expected.items():
        assert table.cells[column].tolist() == values


@pytest.mark.parametrize(
    "header",
    [
        "sp|P12345|AATM_RABIT Aspartate aminotransferase OS=Oryctolagus OX=9986 PE=1 SV=2",
        "gi|12|gb|AB000001.1|",
        "ENSG01|ENST02|some more|100",
        "tr|1|testing",
        "AK1H_ECOLI/1-378 fragment",
        "FP000001 AT1G01050_1         :+U  EU:NC; range  -200 to    50.",
        "pGT875 | 266",
    ],
)
def test_headers_that_hold_no_label(tmp_path: Path, header: str) -> None:
    table = fasta(tmp_path, f">{header}\nACGT\n")
    assert list(table.cells.columns) == ["name", "sequence"]
    assert table.cells["name"].tolist() == [header.split()[0]]


def test_what_was_changed_is_counted(tmp_path: Path) -> None:
    table = fasta(tmp_path, ">\nAC GT\nA C\n>two\nACGT\n")
    assert table.cells["name"].tolist() == ["record_1", "two"]
    assert [notice.sentence for notice in table.notices] == [
        "1 record without a name, named by their number.",
        "2 sequence lines with blanks inside, which were removed.",
    ]


def test_names_of_classes_over_many_records_are_labels(tmp_path: Path) -> None:
    headers = [f"r{number}|{('coding', 'noncoding')[number % 2]}" for number in range(30)]
    table = fasta(tmp_path, "".join(f">{header}\nACGT\n" for header in headers))
    assert table.cells["label"].tolist() == ["coding", "noncoding"] * 15
    unique = fasta(tmp_path, "".join(f">r{number}|acc{number}\nACGT\n" for number in range(30)))
    assert list(unique.cells.columns) == ["name", "sequence"]


@pytest.mark.parametrize(
    ("header", "letters", "place", "told"),
    [
        ("chr1:5-9(+)", 4, ["chr1", "5", "9", "+"], "counted from 0"),
        ("chr1:5-9(-)", 5, ["chr1", "4", "9", "-"], "counted from 1"),
        ("peak::chr1:5-9(-)", 4, ["chr1", "5", "9", "-"], "counted from 0"),
        (" chr1,+,367,371; class:0", 5, ["chr1", "366", "371", "+"], "counted from 1"),
        ("hg38_dna range=chr1:5-9 5'pad=0 strand=- repeatMasking=none", 5, ["chr1", "4", "9", "-"], "counted from 1"),
        ("NC_01.1:c9-5 Homo", 5, ["NC_01.1", "4", "9", "-"], "counted from 1"),
        ("chromosome:GRCh38:7:5:9:-1", 5, ["7", "4", "9", "-"], "counted from 1"),
    ],
)
def test_places_in_headers_count_as_the_length_tells(
    tmp_path: Path, header: str, letters: int, place: list[str], told: str
) -> None:
    table = fasta(tmp_path, f">{header}\n{'A' * letters}\n")
    assert table.cells[["chrom", "start", "end", "strand"]].iloc[0].tolist() == place
    assert told in table.notices[0].sentence
    assert "as the lengths of the sequences tell" in table.notices[0].sentence


def test_a_place_whose_length_does_not_fit_says_so(tmp_path: Path) -> None:
    table = fasta(tmp_path, ">chr1:5-9\nACGTACGTACGT\n")
    assert table.cells[["chrom", "start", "end"]].iloc[0].tolist() == ["chr1", "4", "9"]
    assert "which the lengths of the sequences do not tell" in table.notices[0].sentence


def test_structures_in_dot_bracket_form(tmp_path: Path) -> None:
    text = ">a\nCCCCAU\nAGGGG\n((((..\n.))))\n>b\nACGU\n....\n>c\nGGAACC\n((..)) ( -3.40)\n"
    table = fasta(tmp_path, text)
    assert table.cells["sequence"].tolist() == ["CCCCAUAGGGG", "ACGU", "GGAACC"]
    assert table.cells["structure"].tolist() == ["((((...))))", "....", "((..))"]
    assert table.cells["energy"].tolist() == ["", "", "-3.40"]
    assert table.where(2, 0) == "line 10 of peaks.fa (record c)"


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        (">a\nCCCCAUAGGGG\n((((...)))\n", 3, "11 letters"),
        ("# comment\n>a\nACGT\n", 1, "before the first record"),
        ("Some header\n>a\nACGT\n", 1, "before the first record"),
        (">a\n#comment\nACGT\n", 2, "comment"),
        (">a\n\n #comment\nACGT\n", 3, "comment"),
        (">a\nACGT\n>b\nMKV\nM:MAA\n", 5, "one chain"),
        (">a\n40 40 38\n", 2, ".qual"),
        (">a\nACGT\n>" + "x" * 200_000 + "\nACGT\n", 3, "200,000 characters"),
    ],
)
def test_what_is_no_fasta_record_is_named_with_its_line(tmp_path: Path, text: str, line: int, word: str) -> None:
    with pytest.raises(ReadError) as caught:
        fasta(tmp_path, text)
    assert word in caught.value.what
    assert caught.value.where == f"line {line} of peaks.fa"


def test_comments_stops_and_repeated_names_are_counted(tmp_path: Path) -> None:
    table = fasta(tmp_path, ";old style\n>one\nMKV*\n;more\n>one\nMAA\n>one\nMKW*\n")
    assert table.cells["sequence"].tolist() == ["MKV", "MAA", "MKW"]
    assert table.lines.tolist() == [2, 5, 7]
    assert [notice.sentence for notice in table.notices] == [
        "2 records with the name of an earlier one, kept.",
        "2 comment lines left out.",
        "2 sequences with a '*' at the end (a stop), which was removed.",
    ]
    assert table.notices[0].where == "line 5 of peaks.fa (record one)"


@pytest.mark.parametrize(("first", "second"), [("AC-T-T", "A-GTTT"), ("ACTT-", "AacGgT-T")], ids=["aligned", "a3m"])
def test_gaps_of_an_alignment_are_taken_out_and_kept(tmp_path: Path, first: str, second: str) -> None:
    table = fasta(tmp_path, f">a\n{first}\n>b\n{second}\n")
    assert table.cells["aligned"].iloc[1] == second
    assert table.cells["sequence"].iloc[1] == second.replace("-", "")
    assert "alignment is kept" in table.notices[0].sentence


def test_gaps_beside_labels_are_left_alone(tmp_path: Path) -> None:
    """Windows of one length around a site, padded with '-' at the ends of the protein (iLearn)."""
    table = fasta(tmp_path, ">a|1\n--MKVAA\n>b|0\nMKVAAWW\n")
    assert table.cells["sequence"].tolist() == ["--MKVAA", "MKVAAWW"]
    assert "aligned" not in table.cells


@pytest.mark.parametrize(
    ("text", "sequences"),
    [
        ("ACGT" * 15 + "\n" + "TTTT" * 15 + "\nACG\n", ["ACGT" * 15 + "TTTT" * 15 + "ACG"]),
        ("        1 " + "acgtacgtac " * 6 + "\n       61 acgt\n", ["acgtacgtac" * 6 + "acgt"]),
        ("MKVAAWWMKVAAWWMKVAAWWMKVAAWWMKVAAWWMKVAAWWMKV*\n", ["MKVAAWWMKVAAWWMKVAAWWMKVAAWWMKVAAWWMKVAAWWMKV*"]),
        (("ACGT" * 15 + "\n") * 2, ["ACGT" * 15] * 2),
        ("ACGTACGTA\nACGTACGTA\nACGT\n", ["ACGTACGTA", "ACGTACGTA", "ACGT"]),
    ],
    ids=["wrapped", "numbered", "one line", "equal lines", "short lines"],
)
def test_pasted_without_a_header(tmp_path: Path, text: str, sequences: list[str]) -> None:
    table = fasta(tmp_path, text)
    assert table.cells[table.sequence_column].tolist() == sequences
    joined = len(sequences) == 1
    assert any("read as one sequence" in notice.sentence for notice in table.notices) == joined
