"""VCF: what is accepted, refused and remarked upon, with the line, against the test files of the specification."""

import csv
import time
from collections import Counter
from pathlib import Path

import pytest

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import RawTable, read_table
from seqdl_core.sequences.readers._vcf_rows import trimmed
from seqdl_core.sequences.readers.vcf import recognises

HEADER = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
CORE = ("alt", "chrom", "contiguous", "duplicated", "filter", "id", "pos", "qual", "ref", "unsorted")


def vcf(folder: Path, *rows: str, header: str = HEADER) -> RawTable:
    path = folder / "v.vcf"
    path.write_text("\n".join([header, *(row.replace(" ", "\t") for row in rows)]) + "\n")
    return read_table(path)


def said(table: RawTable) -> list[str]:
    return [f"{one.sentence} | {one.where}" for one in table.notices]


def test_columns_stay_as_they_are_written(tmp_path: Path) -> None:
    table = vcf(
        tmp_path,
        "20 14370 rs6054257 g A 29 PASS DP=14",
        "20 17330 . T A,*,<DEL>,G]17:198982] . q10 .",
        "21 1 a;b N . 0.5 . AF=0.5",
    )
    assert table.kind == "variants"
    assert table.one_based is True
    assert table.lines.tolist() == [3, 4, 5]
    assert list(table.cells.columns) == ["chrom", "pos", "id", "ref", "alt", "qual", "filter", "info"]
    assert table.cells["ref"].tolist() == ["g", "T", "N"]
    assert table.cells["alt"].tolist() == ["A", "A,*,<DEL>,G]17:198982]", "."]
    assert table.cells["pos"].tolist() == ["14370", "17330", "1"]
    assert said(table) == []


def test_a_header_without_variants_is_accepted_and_says_so(tmp_path: Path) -> None:
    table = vcf(tmp_path)
    assert len(table) == 0
    assert said(table) == ["The file has a header and no variants. | v.vcf"]


def test_genotypes_are_kept_in_the_order_of_the_samples(tmp_path: Path) -> None:
    table = vcf(tmp_path, "1 5 . A C . . . GT:DP 0|1:3 1|1", header=HEADER + "\tFORMAT\tanna\tbert")
    assert table.cells["genotypes"].tolist() == ["0|1 1|1"]
    assert said(table) == ["Of 2 samples only the genotypes were kept, in the order anna, bert. | v.vcf"]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("1 . x A C . . .", "position '.'"),
        ("1 -4 x A C . . .", "position '-4'"),
        ("1 5 x . C . . .", "no reference allele"),
        ("1 5 x A,G C . . .", "REF 'A,G'"),
        ("1 5 x A C,,T . . .", "ALT 'C,,T'"),
        ("1 5 x A [1:100[ . . .", r"ALT '\[1:100\['"),
        ("<1 5 x A C . . .", "no name of a chromosome"),
        ("1 5 x A C . .", "7 fields"),
        ("1 5 x A C . . . extra", "9 fields"),
    ],
)
def test_what_would_make_a_score_wrong_is_an_error_with_its_line(tmp_path: Path, row: str, words: str) -> None:
    with pytest.raises(ReadError, match=words) as caught:
        vcf(tmp_path, "1 1 . A C . . .", row)
    assert caught.value.where == "line 4 of v.vcf"


@pytest.mark.parametrize(
    ("rows", "words", "line"),
    [
        (["1 5 x A R . . ."], "letters in ALT that stand for several bases", 3),
        (["1 5 x A A . . ."], "the same as REF", 3),
        (["1 5 x A C . . .", "1 4 y A C . . ."], "not in the order of positions", 4),
        (["1 5 x A C . . .", "2 1 y A C . . .", "1 9 z A C . . ."], "chromosome that was left", 5),
        (["1 123 x TAT TGT . . .", "1 124 y A G . . ."], "variant of an earlier line", 4),
        (["1 5 x;x A C . . ."], "same ID twice", 3),
        (["1 5 x A C -1 . ."], "QUAL", 3),
        (["1 5 x A C 1 PASS; ."], "FILTER", 3),
        (["1 5 x A C 1 PASS DP=-3"], "INFO value", 3),
        (["1 5 x A C,G 1 PASS AC=3"], "INFO value", 3),
    ],
)
def test_oddities_are_counted_with_their_line(tmp_path: Path, rows: list[str], words: str, line: int) -> None:
    told = said(vcf(tmp_path, *rows))
    assert len(told) == 1
    assert words in told[0]
    assert told[0].endswith(f"| line {line} of v.vcf")


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("##fileformat=VCFv4.2\n#CHROM\tPOSITION\tID\tREF\tALT", "called POS, here 'POSITION'"),
        ("##fileformat=VCFv4.2\n#CHROM POS ID REF ALT", "not separated by tabs"),
        ("##fileformat=VCFv4.2", "no line of column names"),
        (HEADER + "\tanna", "called FORMAT"),
    ],
)
def test_a_wrong_line_of_column_names_is_an_error(tmp_path: Path, header: str, words: str) -> None:
    with pytest.raises(ReadError, match=words) as caught:
        vcf(tmp_path, "1 5 x A C . . .", header=header)
    assert caught.value.where.startswith("line ")


@pytest.mark.parametrize("separator", ["\t", " "])
def test_a_list_of_five_columns_needs_no_header(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "list.txt"
    path.write_text("chr1 109817590 - G T\nchr10 23508363 - A G\n".replace(" ", separator))
    table = read_table(path)
    assert table.kind == "variants"
    assert table.cells.iloc[0].tolist() == ["chr1", "109817590", "-", "G", "T"]
    assert table.lines.tolist() == [1, 2]


@pytest.mark.parametrize(
    "text", ["id\tlabel\tsequence\nx\t1\tACGT\n", "chr1\t5\t9\tp\t0\n", ">a\nACGT\n", "1,5,x,A,C\n"]
)
def test_other_tables_are_no_variants(text: str) -> None:
    assert not recognises(text)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ((123, "TAT", "TGT"), (124, "A", "G")),
        ((5, "A", "C"), (5, "A", "C")),
        ((10, "CA", "C"), (10, "CA", "C")),
        ((10, "AAA", "AA"), (10, "AA", "A")),
        ((10, "GCA", "GTCA"), (10, "G", "GT")),
    ],
)
def test_the_shortest_way_to_write_a_change(change: tuple[int, str, str], expected: tuple[int, str, str]) -> None:
    assert trimmed(*change) == expected


def test_html_in_names_is_text(tmp_path: Path) -> None:
    table = vcf(tmp_path, "1 5 <b>x</b> A C . . .")
    assert table.cells["id"].tolist() == ["<b>x</b>"]


def test_a_million_columns_end_soon(tmp_path: Path) -> None:
    before = time.process_time()
    with pytest.raises(ReadError, match="1000008 fields"):
        vcf(tmp_path, "1 5 x A C . . . " + "x " * 999_999 + "x")
    assert time.process_time() - before < 2


def test_the_files_of_the_specification(shared_data: Path) -> None:
    root = shared_data / "corpora"
    if not root.is_dir():
        pytest.skip("no corpora")
    with (root / "EXPECT.csv").open() as table:
        rows = [row for row in csv.DictReader(table) if row["corpus"] == "hts-specs-vcf"]
    missed = []
    counts: Counter[str] = Counter()
    for row in rows:
        path = root / row["corpus"] / row["file"]
        part = path.name.split("_")
        core = row["expected"] != "accept" and (part[1] in ("header", "fileformat") or (part[2:3] and part[2] in CORE))
        try:
            places = [one.where for one in read_table(path).notices if one.where.startswith("line ")]
        except ReadError as problem:
            places = [problem.where]
            if row["expected"] == "accept":
                missed.append(f"{row['file']} refused")
        counts["core" if core else row["expected"]] += 1
        if row["expected"] != "accept" and not places:
            missed.append(f"{row['file']} read in silence")
        if core:
            lines = path.read_text().split("\n")
            last = len(lines) - (not lines[-1])
            below = {f"line {number} of" for number in range(1 if part[1] != "body" else 4, last + 1)}
            if not any(place.startswith(tuple(below)) for place in places):
                missed.append(f"{row['file']} told at {places}")
    assert missed == []
    assert counts == {"accept": 76, "reject_or_warn": 607 - counts["core"], "core": counts["core"]}
    assert counts["core"] >= 100
