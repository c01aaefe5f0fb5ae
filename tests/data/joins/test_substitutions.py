"""Variants built into elements and genomes, by hand and on the saturation MPRA of Kircher et al. 2019."""

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.joins.building import Built
from seqdl_core.data.joins.substitutions import build_variants
from seqdl_core.data.places.regions import Region, element_column, groups_of, named_regions
from seqdl_core.sequences.genome import Genome
from seqdl_core.sequences.readers import FileIdentity, RawTable, read_table

LETTERS = "AACCGGTTACGTACGTAAAACCCCGGGGTTTT"
GENOME = Genome.of_sequences(["chr1"], [LETTERS], "small.fa")


def variants(rows: list[tuple[object, ...]], columns: str = "chrom pos ref alt", layout: str = "tab") -> RawTable:
    cells = pd.DataFrame(rows, columns=columns.split()).astype(str)
    lines = np.arange(2, len(rows) + 2, dtype=np.int64)
    return RawTable(FileIdentity("mpra.tsv", 1, ""), layout, cells, lines, kind="variants")


def reference(*records: tuple[str, str, int, int, str, str]) -> RawTable:
    cells = pd.DataFrame(records, columns=["name", "chrom", "start", "end", "strand", "sequence"]).astype(str)
    lines = np.arange(1, len(records) + 1, dtype=np.int64)
    identity = FileIdentity("elements.fa", 1, "")
    return RawTable(identity, "fasta", cells, lines, "sequence", name_column="name")


def build(table: RawTable, against: RawTable | Genome, **choices: object) -> Built:
    return build_variants(table, against, ImportChoices.model_validate(choices))


def said(built: Built) -> list[str]:
    return [record.sentence for record in built.notices]


ELEMENTS = reference(
    ("one", "chr1", 0, 8, "+", "AACCGGTT"),
    ("two", "chr1", 4, 12, "-", "ACGTAACC"),
    ("far", "chr2", 100, 104, "+", "ACGN"),
)


def test_each_variant_is_built_into_its_element() -> None:
    rows = [
        ("1", 3, "C", "T", 0.5, "one"),
        ("1", 3, "C", "-", -1, "one"),
        ("1", 5, "G", "A", 0, "two"),
        ("2", 104, "T", "A", 2, "far"),  # the reference has N there, which agrees with any letter
    ]
    built = build(variants(rows, "chrom pos ref alt Coefficient Element"), ELEMENTS)
    cells = built.table.cells
    # The plus strand of "two" is GGTTACGT; with A for its first G it is AGTTACGT, read backwards ACGTAACT.
    assert cells["sequence"].tolist() == ["AATCGGTT", "AACGGTT", "ACGTAACT", "ACGA"]
    assert cells["name"].tolist()[:2] == ["one chr1:3 C>T", "one chr1:3 C>-"]
    assert cells["mutant"].tolist() == ["C3T", "C3-", "G5A", "T104A"]
    assert cells["group"].tolist() == ["one", "one", "one", "far"]  # one and two overlap
    assert cells[["chromosome", "start", "end", "strand"]].to_numpy().tolist()[2] == ["chr1", "4", "12", "-"]
    assert cells["Coefficient"].tolist() == ["0.5", "-1.0", "0.0", "2.0"]
    assert (built.label_columns, built.task, built.used) == (("Coefficient",), "regression", ("elements.fa",))
    assert built.problems == ()
    assert built.notices == ()
    assert built.table.where(1) == "line 3 of mpra.tsv (record one chr1:3 C>-)"


def test_without_a_column_of_elements_the_place_decides() -> None:
    built = build(variants([("chr1", 3, "C", "G"), ("chr1", 10, "C", "G"), ("chr1", 500, "C", "G")]), ELEMENTS)
    assert built.table.cells["start"].tolist() == ["0", "4"]
    assert said(built) == ["1 variant outside the reference, left out."]
    assert built.notices[0].where == "line 4 of mpra.tsv, chr1:500 C>G"


def test_other_alleles_are_counted() -> None:
    rows = [("chr1", 3, "c", "t,G"), ("chr1", 4, "C", "*"), ("chr1", 4, "C", "<DEL>"), ("chr1", 4, "-", "A")]
    built = build(variants(rows), ELEMENTS)
    assert built.table.cells["mutant"].tolist() == ["C3T", "C3G"]
    assert said(built) == [
        "1 row with several alleles, one sequence each.",
        "2 variants with an allele or position that names no letters (such as *, <DEL>), left out.",
        "1 variant that insert letters without saying what they replace (REF is -), left out.",
    ]


def test_a_ref_that_differs_is_counted_and_many_are_a_problem() -> None:
    right = [("chr1", 3, "C", "T")] * 99
    built = build(variants([*right, ("chr1", 1, "G", "T")]), ELEMENTS)
    assert len(built.table) == 99
    assert said(built) == ["1 variant whose REF differs from the reference, left out."]
    assert built.problems == ()
    wrong = build(variants([*right, *[("chr1", 1, "G", "T")] * 3]), ELEMENTS)
    (problem,) = wrong.problems
    assert problem.what == (
        "REF differs from the genome in 3 of 102 variants; the first says G where elements.fa has A."
    )
    assert problem.where == "line 101 of mpra.tsv, chr1:1"
    moved = build(variants([("chr1", 2, "C", "T")] * 5), ELEMENTS, counting="from 0")
    assert moved.problems == ()
    assert moved.table.cells["mutant"].tolist()[0] == "C3T"


def test_rows_of_another_release_are_left_out() -> None:
    rows = [("1", 3, "C", "T", "new"), ("1", 4, "C", "T", "new"), ("1", 1, "C", "T", "old"), ("1", 2, "C", "T", "old")]
    built = build(variants(rows, "chrom pos ref alt Release"), ELEMENTS)
    assert built.table.cells["mutant"].tolist() == ["C3T", "C4T"]
    assert said(built) == ["2 variants of another release (old) than the reference (new), left out."]
    assert built.genome == "new"


def test_a_genome_gives_windows_around_variants() -> None:
    rows = [("1", 10, "C", "T"), ("1", 9, "ACG", "A"), ("1", 10, "C", "CGGGGGG"), ("1", 2, "A", "T")]
    built = build(variants(rows, layout="vcf"), GENOME, window=7)
    # LETTERS[6:13] is TTACGTA; the deletion keeps 7 letters by taking two more on the right.
    assert built.table.cells["sequence"].tolist() == ["TTATGTA", "GTTATAC", "TTACGGG"]
    assert built.table.cells[["start", "end"]].to_numpy().tolist()[:2] == [["6", "13"], ["5", "12"]]
    assert "group" not in built.table.cells
    assert said(built)[0] == "1 variant outside the reference, left out."
    assert "without a measured effect" in built.notices[-1].what
    assert built.notices[-1].fix.startswith("`predict` scores each with its other allele")
    assert [found.key for found in built.findings] == ["genome", "window", "counting"]
    assert (built.findings[2].sentence, built.findings[2].choice) == ("Positions count from 1.", "")
    usual = build(variants([("chr1", 10, "C", "T")]), Genome.of_sequences(["chr1"], ["ACGTC" * 50], "g"), window=0)
    assert usual.findings[1].value == "101"


def test_elements_without_their_reference_are_cut_from_a_genome() -> None:
    rows = [("1", 3, "C", "T", 1, "x"), ("1", 8, "T", "-", 2, "x"), ("1", 17, "A", "C", 3, "y")]
    built = build(variants(rows, "chrom pos ref alt effect Element"), GENOME)
    assert built.table.cells["sequence"].tolist() == ["TCGGTT", "CCGGT", "C"]
    assert built.table.cells["group"].tolist() == ["x", "x", "y"]
    assert built.label_columns == ("effect",)


def test_regions_and_groups() -> None:
    first, second, _ = named_regions(ELEMENTS)
    assert (first.letters, second.letters) == ("AACCGGTT", "GGTTACGT")
    assert second.with_change(4, "", "") == "ACGTAACC"
    assert named_regions(reference(("one", "chr1", 0, 7, "+", "AACCGGTT"))) == []
    spans = [("a", 0, 10), ("b", 20, 30), ("c", 5, 12), ("d", 11, 21), ("e", 30, 40)]
    regions = [Region(name, "chr1", start, end, "+", "") for name, start, end in spans]
    assert groups_of(regions) == {"a": "a", "b": "a", "c": "a", "d": "a", "e": "e"}
    assert groups_of([]) == {}
    table = variants([("1", 3, "C", "T", "one", "z")], "chrom pos ref alt site Element")
    assert element_column(table, [first]) == "site"
    assert element_column(table, []) == "Element"


@pytest.mark.slow
def test_saturation_mpra(shared_data: Path) -> None:
    folder = shared_data / "data" / "mpra_satmut" / "derived"
    table, elements = read_table(folder / "elements.tsv.gz"), read_table(folder / "reference_GRCh38.fa")
    built = build(table, elements)
    cells = built.table.cells
    assert len(cells) == 13_481
    assert said(built) == ["13,481 variants of another release (GRCh37) than the reference (GRCh38), left out."]
    assert built.problems == ()
    assert (built.genome, built.label_columns) == ("GRCh38", ("Coefficient",))
    assert Counter(cells["group"]) == {"SORT1": 5_899, "TERT-GAa": 3_896, "LDLR": 2_176, "IRF4": 1_510}
    wild = dict(zip(elements.cells["name"], elements.cells["sequence"], strict=True))
    starts = dict(zip(elements.cells["name"], elements.cells["start"].astype(int), strict=True))
    for row in range(0, len(cells), 97):
        element, mutant, sequence = (cells[name].iloc[row] for name in ("Element", "mutant", "sequence"))
        at = int(mutant[1:-1]) - 1 - starts[element]
        whole = wild[element]
        assert whole[at] in (mutant[0], "N")
        assert sequence == whole[:at] + mutant[-1].replace("-", "") + whole[at + 1 :]
