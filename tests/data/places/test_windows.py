"""Intervals and a genome to sequences, by hand on a genome of two small contigs."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.joins.building import Built
from seqdl_core.data.places.genomes import find_genome
from seqdl_core.data.places.windows import cut_windows
from seqdl_core.errors import DataError, ReadError
from seqdl_core.sequences.contigs import build_lengths
from seqdl_core.sequences.genome import Genome
from seqdl_core.sequences.readers import FileIdentity, RawTable, read_table
from seqdl_core.sequences.tracks import Track

#          0123456789012345678901234567890123456789
LETTERS = "AACCGGTTACGTNNNNacgtAAAACCCCGGGGTTTTAGAG"
GENOME = Genome.of_sequences(["chr1", "chr2"], [LETTERS, "TTTTTTTTTT"], "small.fa")


def intervals(
    rows: list[tuple[object, ...]],
    columns: str = "chrom start end",
    one_based: bool | None = False,
    layout: str = "bed",
) -> RawTable:
    cells = pd.DataFrame(rows, columns=columns.split()).astype(str)
    lines = np.arange(1, len(rows) + 1, dtype=np.int64)
    return RawTable(FileIdentity("peaks.bed", 1, ""), layout, cells, lines, kind="intervals", one_based=one_based)


def cut(table: RawTable, *tracks: Track, genome: Genome = GENOME, **choices: object) -> Built:
    return cut_windows(table, genome, tracks, ImportChoices.model_validate(choices))


def sequences(built: Built) -> list[str]:
    return built.table.cells["sequence"].tolist()


def said(built: Built) -> list[str]:
    return [record.sentence for record in built.notices]


def finding(built: Built, key: str) -> tuple[str, str, str]:
    (found,) = [found for found in built.findings if found.key == key]
    return found.sentence, found.evidence, found.value


def test_intervals_as_they_are() -> None:
    built = cut(intervals([("chr1", 0, 4), ("chr1", 16, 20), ("chr2", 6, 10)]))
    assert sequences(built) == ["AACC", "acgt", "TTTT"]
    cells = built.table.cells
    assert cells.columns.tolist() == ["name", "sequence", "chromosome", "start", "end", "strand"]
    assert cells["name"].tolist() == ["chr1:1-4", "chr1:17-20", "chr2:7-10"]
    assert cells[["chromosome", "start", "end", "strand"]].to_numpy().tolist()[1] == ["chr1", "16", "20", "."]
    assert (built.table.kind, built.table.sequence_column, built.table.name_column) == ("sequences", "sequence", "name")
    assert built.table.where(1) == "line 2 of peaks.bed (record chr1:17-20)"
    assert (built.notices, built.problems, built.alphabet, built.genome) == ((), (), "dna", "small.fa")
    assert finding(built, "window") == (
        "Sequences are the intervals as they are, 4 bp.",
        "The intervals are 4 bp long",
        "0",
    )
    assert finding(built, "genome")[1] == "The lengths of its contigs tell no build; all 3 intervals lie inside"
    assert finding(built, "counting")[1:] == ("BED counts from 0; a start of 0 fits", "from 0")


def test_windows_are_centred_on_summits_and_middles() -> None:
    table = intervals(
        [("chr1", 0, 20, 8), ("chr1", 4, 14, -1), ("chr1", 2, 9, 99)], "chrom start end summit", layout="narrowPeak"
    )
    built = cut(table, window=3)
    # Summit 8 -> 7..10; middle of 4-14 is 9 -> 8..11; a summit beyond the end counts as none: middle 5 -> 4..7.
    assert sequences(built) == [LETTERS[7:10], LETTERS[8:11], LETTERS[4:7]]
    assert said(built) == ["2 intervals without a summit, the middle used."]
    sentence, evidence, value = finding(built, "window")
    assert sentence == "Windows of 3 bp around each summit, or the middle where there is none."
    assert evidence == "The intervals are 7 to 20 bp long; 1 of 3 has a summit"
    assert value == "3"
    even = cut(intervals([("chr1", 10, 20)]), window=4)
    assert even.table.cells[["start", "end"]].to_numpy().tolist() == [["13", "17"]]


def test_the_minus_strand_is_the_reverse_complement() -> None:
    table = intervals([("chr1", 0, 6, "-"), ("chr1", 0, 6, "+"), ("chr1", 14, 20, "-")], "chrom start end strand")
    built = cut(table)
    assert sequences(built) == ["CCGGTT", "AACCGG", "acgtNN"]
    assert said(built) == ["2 intervals on the minus strand, read as the reverse complement."]
    assert built.table.cells["name"].tolist()[0] == "chr1:1-6(-)"
    assert built.table.cells[["start", "end"]].to_numpy().tolist()[0] == ["0", "6"]


def test_unequal_intervals_get_one_length_unless_the_person_wants_them_so() -> None:
    table = intervals([("chr1", 0, 5), ("chr1", 10, 17), ("chr1", 20, 29)])
    built = cut(table)
    assert [len(sequence) for sequence in sequences(built)] == [7, 7]  # around 2, 7 bp reach beyond the beginning
    assert finding(built, "window")[1] == (
        "The intervals are 5 to 9 bp long, half of them at most 7; a network needs one length"
    )
    assert said(built) == ["1 window of 7 bp that would reach beyond the end of its contig, left out."]
    assert [len(sequence) for sequence in sequences(cut(table, lengths="pad"))] == [5, 7, 9]


def test_rows_beyond_the_end_are_left_out_and_the_first_is_named() -> None:
    built = cut(intervals([("chr1", 0, 4), ("chr2", 8, 12), ("chr7", 0, 4), ("chr1", 39, 43), ("chr1", 5, 5)]))
    assert sequences(built) == ["AACC"]
    assert [(record.sentence, record.where) for record in built.notices] == [
        ("1 interval on a contig that the genome does not have, left out.", "line 3 of peaks.bed (record chr7:0-4)"),
        ("1 interval of no letters, left out.", "line 5 of peaks.bed (record chr1:5-5)"),
        ("2 intervals beyond the end of its contig, left out.", "line 2 of peaks.bed (record chr2:8-12)"),
    ]
    assert built.problems == ()
    assert built.table.where(0) == "line 1 of peaks.bed (record chr1:1-4)"
    assert finding(built, "genome")[1].endswith("1 of 5 intervals lie inside")


def test_names_of_contigs_may_differ() -> None:
    built = cut(intervals([("1", 0, 4), ("chr2", 0, 4)]))
    assert sequences(built) == ["AACC", "TTTT"]
    assert built.table.cells["chromosome"].tolist() == ["chr1", "chr2"]
    assert said(built) == ["1 interval on a contig that the genome names otherwise (1 is chr1)."]
    assert finding(built, "genome")[1].endswith("; 1 is read as chr1")


def test_coordinates_of_another_build_are_a_problem() -> None:
    hg38 = Genome("hg38.fa", {f"chr{name}": size for name, size in build_lengths("hg38").items()})
    rows = [("chr1", 100, 200), ("chr1", 248_999_000, 248_999_100)]
    from seqdl_core.data.places.coordinates import misfits, read_places

    table = intervals(rows)
    places = read_places(table, hg38, 0)
    (problem,) = misfits(table, hg38, places, places.ends > places.lengths)
    assert problem.what == (
        "These coordinates do not fit this genome: 1 of 2 intervals lies beyond the end of its contig. They fit hg19 "
        "(GRCh37); this genome is hg38 (GRCh38)."
    )
    assert problem.where == "line 2 of peaks.bed (chr1 has 248,956,422 letters)"
    assert "liftOver" in problem.fix
    # One interval a little over the end is a slip, not another build.
    slip = read_places(intervals([("chr1", 248_956_400, 248_956_430)]), hg38, 0)
    assert misfits(table, hg38, slip, slip.ends > slip.lengths) == []
    many = cut(intervals([("chr2", at, at + 20) for at in range(12)] + [("chr1", 0, 20)] * 100))
    assert many.problems[0].what.startswith("These coordinates do not fit this genome: 12 of 112 intervals lie beyond")
    assert len(many.table) == 100


def test_a_genome_without_the_contigs_is_a_problem() -> None:
    built = cut(intervals([("chrX", 0, 4), ("chrY", 0, 4)]))
    (problem,) = built.problems
    assert problem.what == "The genome has none of the contigs that the intervals are on (chrX; the genome has chr1)."
    assert len(built.table) == 0


def test_what_coordinates_count_from() -> None:
    rows = [("chr1", 1, 4), ("chr1", 5, 8)]
    assert sequences(cut(intervals(rows, one_based=None), counting="from 1")) == ["AACC", "GGTT"]
    assert sequences(cut(intervals(rows, one_based=None), counting="from 0")) == ["ACC", "GTT"]
    regions = intervals([("chr1", 0, 4)], one_based=True, layout="regions")  # the reader made 0-4 of chr1:1-4
    assert sequences(cut(regions)) == ["AACC"]
    assert finding(cut(regions), "counting")[1:] == ("Region strings count from 1", "from 1")
    assert sequences(cut(regions, counting="from 0")) == ["ACC"]
    proved = cut(intervals([("chr1", 5, 5), ("chr1", 1, 2)], one_based=None))
    assert sequences(proved) == ["G", "A"]  # lengths 1 and 2 from 1, so windows of 1 around their middles
    assert finding(proved, "counting")[2] == "from 1"
    assert finding(cut(intervals(rows, one_based=None)), "counting")[1].startswith("Nothing in the file tells")
    round_length = cut(intervals([("chr1", 1, 20), ("chr1", 11, 30)], one_based=None))
    assert finding(round_length, "counting")[2] == "from 1"
    assert [len(sequence) for sequence in sequences(round_length)] == [20, 20]


def test_other_columns_and_names_stay() -> None:
    columns = "chrom start end name score"
    built = cut(intervals([("chr1", 0, 4, "first", 7), ("chr1", 4, 8, ".", 8)], columns))
    assert built.table.cells["name"].tolist() == ["first", "chr1:5-8"]
    assert built.table.cells["score"].tolist() == ["7", "8"]
    kinds = cut(
        intervals([("chr1", at, at + 4, "enhancer" if at % 2 else "promoter") for at in range(9)], columns[:20])
    )
    assert kinds.table.cells["name"].tolist()[0] == "chr1:1-4"
    assert set(kinds.table.cells["feature"]) == {"enhancer", "promoter"}


def test_tracks_become_targets() -> None:
    cells = pd.DataFrame([["chr1", "0", "4", "2"], ["chr1", "4", "6", "8"]], columns=["chrom", "start", "end", "value"])
    table = RawTable(FileIdentity("signal.bg", 1, ""), "bedgraph", cells, np.array([1, 2]), kind="track")
    track = Track.of_table(table)
    rows = [("chr1", 0, 4), ("chr1", 2, 6), ("chr1", 20, 24)]
    built = cut(intervals(rows), track, track)
    assert built.table.cells["signal"].tolist() == ["2.0", "5.0", ""]
    assert (built.label_columns, built.task) == (("signal", "signal (2)"), "regression")
    assert said(built)[0] == "1 window where the track signal records nothing, without a value."
    assert cut(intervals(rows), track, track_value="sum").table.cells["signal"].tolist() == ["8.0", "20.0", ""]


def test_numbers_that_are_none_are_named() -> None:
    with pytest.raises(DataError, match="'x' in the column end is no whole number") as caught:
        cut(intervals([("chr1", 0, 4), ("chr1", 3, "x")]))
    assert caught.value.where == "line 2 of peaks.bed"


def test_too_many_letters_are_refused_before_they_are_read() -> None:
    wide = Genome("wide.fa", {"chr1": 3_000_000})  # a genome without letters: none may be asked for
    built = cut(intervals([("chr1", 1_000_000, 1_000_001)] * 1001), genome=wide, window=1_000_000)
    assert [problem.what for problem in built.problems] == [
        "1,001 windows hold 1,001,000,000 letters, more than the 1,000,000,000 that an import may make."
    ]


def test_finding_the_genome(tmp_path: Path) -> None:
    path = tmp_path / "genome.fa"
    path.write_text(f">chr1\n{LETTERS}\n>chr2\nTTTT\n")
    peaks, records = intervals([("chr1", 0, 4)]), read_table(path)
    found = find_genome([peaks, records], ["1"], ImportChoices())
    assert (found.used, found.genome.contigs) == ("genome.fa", {"chr1": 40, "chr2": 4})
    assert find_genome([peaks, records], ["zz"], ImportChoices(genome="genome.fa")).used == "genome.fa"
    by_path = find_genome([peaks], ["chr1"], ImportChoices(genome=str(path)))
    assert (by_path.used, by_path.genome.fetch("chr1", 0, 4)) == ("", "AACC")
    with pytest.raises(DataError, match="a genome is needed") as caught:
        find_genome([peaks], ["chr1"], ImportChoices())
    assert caught.value.where == "peaks.bed"
    with pytest.raises(DataError, match="2 files have contigs"):
        find_genome([peaks, records, records], ["chr1"], ImportChoices())
    for wanted in ("nowhere.fa", "x" * 5000, "a\0b"):
        with pytest.raises(ReadError, match="no genome file"):
            find_genome([peaks, records], ["chr1"], ImportChoices(genome=wanted))
