"""Tables of places: which columns they are, and what they count from."""

from pathlib import Path

import pytest

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import RawTable, TextFile, read_table
from seqdl_core.sequences.readers.delimited import read, recognises


def table(text: str) -> RawTable:
    text = text.replace("|", "\t")
    assert recognises(text)
    return read(TextFile("places.tsv", len(text), "", text=text))


@pytest.mark.parametrize(
    "header", ["chrom|pos|ref|alt", "CHROM|POS|REF|ALT", "Chrom|Pos|Ref|Alt", "#chr|position|allele1|allele2"]
)
def test_variants_by_the_names_of_their_columns(header: str) -> None:
    read_ = table(f"{header}|score\n7|70038969|G|T|0.5\n8|12|A|-|1.5\n")
    assert read_.kind == "variants"
    assert list(read_.cells.columns) == ["chrom", "pos", "id", "ref", "alt", "score"]
    assert read_.cells.iloc[0].tolist() == ["7", "70038969", "", "G", "T", "0.5"]
    assert read_.where(1) == "line 3 of places.tsv"


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("chr|pos|allele1|allele2|variant_id", "chr1|100|A|G|v1"),
        ("chr|pos|end|allele1|allele2|variant_id", "chr1|99|100|A|G|v1"),
        ("chr|variant_id|ignore1|pos|allele1|allele2", "chr1|v1|0|100|A|G"),
        ("chr|pos|variant_id|allele1|allele2", "chr1|100|v1|A|G"),
        ("variant_id|CHROM|POS|REF|ALT", "v1|chr1|100|A|G"),
    ],
)
def test_the_schemas_of_variant_scorers(header: str, row: str) -> None:
    read_ = table(f"{header}\n{row}\n")
    assert read_.cells[["chrom", "pos", "id", "ref", "alt"]].iloc[0].tolist() == ["chr1", "100", "v1", "A", "G"]


@pytest.mark.parametrize("name", ["7:70038969:G:T", "chr7-70038969-G-T", "chr7:70038969 G>T", "7:70038969:G:T:A:wC"])
def test_a_variant_in_one_column(name: str) -> None:
    read_ = table(f"what|score\n{name}|1.5\n")
    assert read_.kind == "variants"
    assert read_.cells.iloc[0].tolist() == [name.partition("-")[0].partition(":")[0], "70038969", name, "G", "T", "1.5"]


def test_variants_without_a_header() -> None:
    read_ = table("chr1|109817590|-|G|T\nchr2|10|-|C|A\n")
    assert read_.kind == "variants"
    assert read_.cells[["chrom", "pos", "ref", "alt"]].values.tolist() == [
        ["chr1", "109817590", "G", "T"], ["chr2", "10", "C", "A"]]  # fmt: skip


@pytest.mark.parametrize(
    "rows",
    [
        "chr1|99|100|A|G|v1\nchr2|9|10|C|A|v2\n",
        "chr1|99|100|A|G|v1\nchr2|9|10|CT|A|v2\n",
        "chr1|99|100|A|G|v1\nchr2|9|11|CT|A|v2\n",
    ],
)
def test_variants_in_the_columns_of_bed(tmp_path: Path, rows: str) -> None:
    for number, header in enumerate(("", "chr|pos|end|allele1|allele2|variant_id\n")):
        path = tmp_path / f"{number}.tsv"
        path.write_text((header + rows).replace("|", "\t"))
        read_ = read_table(path)
        assert read_.kind == "variants"
        assert read_.cells[["chrom", "pos", "ref"]].values.tolist()[0] == ["chr1", "100", "A"]
        assert read_.cells["pos"].tolist() == ["100", "10"]
        assert not {"end", "column 3"} & set(read_.cells.columns)


@pytest.mark.parametrize("written", ["{}:{} {}>{}", "{}-{}-{}-{}", "{}:{}:{}:{}"])
def test_variants_as_text_one_a_line(tmp_path: Path, written: str) -> None:
    places = [["chr1", "100", "C", "G"], ["chr2", "7", "A", "T"], ["X", "12", "G", "GA"]]
    path = tmp_path / "variants.txt"
    path.write_text("".join(written.format(*place) + "\n" for place in places))
    read_ = read_table(path)
    assert (read_.kind, read_.layout) == ("variants", "variants")
    assert read_.cells[["chrom", "pos", "ref", "alt"]].values.tolist() == places


def test_gwas_alleles_are_told() -> None:
    read_ = table("SNP|CHR|BP|A1|A2|P|BETA\nrs1|1|100|A|G|0.1|0.2\n")
    assert read_.cells.iloc[0].tolist() == ["1", "100", "rs1", "G", "A", "0.1", "0.2"]
    assert [n.sentence for n in read_.notices] == ["1 variant with A2 taken as reference, A1 as alternate."]


@pytest.mark.parametrize("header", ["chrom|start|end", "Chr|Start|End", "#chromosome|chromStart|chromEnd"])
def test_intervals(header: str) -> None:
    read_ = table(f"{header}|strand|label\nchr1|0|200|+|1\nchr2|150|350|-|0\n")
    assert read_.kind == "intervals"
    assert read_.one_based is False
    assert read_.cells.to_dict("list") == {
        "chrom": ["chr1", "chr2"], "start": ["0", "150"], "end": ["200", "350"],
        "strand": ["+", "-"], "label": ["1", "0"]
    }  # fmt: skip


def test_what_intervals_count_from() -> None:
    assert table("chrom|start|end\nchr1|5|10\n").one_based is None
    macs = table("# made by MACS\nchr|start|end|length|abs_summit\nchr1|101|300|200|180\nchr1|501|600|100|550\n")
    assert macs.one_based is True
    assert macs.cells.values.tolist() == [["chr1", "100", "300", "79", "200"], ["chr1", "500", "600", "49", "100"]]
    assert table("chrom|start|end|width\nchr1|100|300|200\n").one_based is False
    point = table("chrom|pos|label\nchr1|7|1\n")
    assert point.cells.iloc[0].tolist() == ["chr1", "6", "7", "1"]
    assert point.one_based is True


def test_region_strings_count_from_one() -> None:
    read_ = table("region|label\nchr11:5,247,500-5,247,504|1\nchr1:10-20(-)|0\n")
    assert read_.kind == "intervals"
    assert read_.cells[["chrom", "start", "end", "strand"]].values.tolist() == [
        ["chr11", "5247499", "5247504", "."], ["chr1", "9", "20", "-"]]  # fmt: skip


def test_a_sequence_column_comes_first() -> None:
    read_ = table("chrom|start|end|sequence\nchr1|5|13|ACGTACGT\n")
    assert read_.kind == "sequences"
    assert read_.sequence_column == "sequence"


def test_a_position_that_is_no_number_is_refused_with_its_line() -> None:
    rows = "".join(f"chr1|{n}|A|G\n" for n in range(1, 30))
    with pytest.raises(ReadError) as caught:
        table(f"chrom|pos|ref|alt\n{rows}chr1|x9|A|G\n")
    assert caught.value.what == "'x9' in pos is not a whole number."
    assert caught.value.where == "line 31 of places.tsv"


def test_the_saturation_table(shared_data: Path) -> None:
    from seqdl_core.sequences.readers import read_table

    read_ = read_table(shared_data / "data" / "mpra_satmut" / "derived" / "elements.tsv.gz")
    assert (read_.kind, len(read_)) == ("variants", 26962)
    assert list(read_.cells.columns)[5:] == ["Barcodes", "DNA", "RNA", "Coefficient", "pValue", "Element", "Release"]
