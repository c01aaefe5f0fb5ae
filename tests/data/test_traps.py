"""Traps that files of the field hold, each with what an import must say; the others are among the layouts."""

from pathlib import Path

import numpy as np

from seqdl_core.data.importing import ImportChoices, Inspection, inspect
from seqdl_core.data.parts.by_letters import Shared
from seqdl_core.sequences.alphabets import DNA, PROTEIN

PLAIN = [DNA.decode(row) for row in np.random.default_rng(12).integers(0, 4, (40, 60)).astype(np.uint8)]
PROTEINS = [PROTEIN.decode(row) for row in np.random.default_rng(12).integers(0, 20, (40, 60)).astype(np.uint8)]


def fasta(path: Path, sequences: list[str]) -> Path:
    path.write_text("".join(f">s{row}|{row % 2}\n{sequence}\n" for row, sequence in enumerate(sequences)))
    return path


def notices(found: Inspection) -> list[str]:
    return [notice.sentence for notice in found.notices]


def test_uracil_in_a_few_of_many_dna_sequences(tmp_path: Path) -> None:
    mixed = fasta(tmp_path / "mixed.fa", [s.replace("T", "U") if n < 3 else s for n, s in enumerate(PLAIN)])
    [problem] = inspect([mixed]).problems
    assert problem.what == "'U' is not a DNA letter; 2 more sequences have such letters."
    assert "choose DNA as the alphabet: U is then read as T" in problem.fix
    read = inspect([mixed], ImportChoices(alphabet="dna"))
    assert "3 sequences with U, read as T." in notices(read)
    assert read.changed["reason"].tolist() == ["with U, read as T."] * 3


def test_thymine_in_a_few_of_many_rna_sequences(tmp_path: Path) -> None:
    rna = [s if n < 3 else s.replace("T", "U") for n, s in enumerate(PLAIN)]
    [problem] = inspect([fasta(tmp_path / "mixed.fa", rna)]).problems
    assert problem.what == "'T' is not an RNA letter; 2 more sequences have such letters."
    assert "choose RNA as the alphabet: T is then read as U" in problem.fix


def test_a_record_without_letters_and_one_of_a_single_letter(tmp_path: Path) -> None:
    short = fasta(tmp_path / "short.fa", ["", "A", *PLAIN[2:]])
    [problem] = inspect([short]).problems
    assert problem.what == "There is no sequence here."
    assert problem.where == "line 1 of short.fa (record s0)"
    found = inspect([short], ImportChoices(bad_rows="drop"))
    assert found.table is not None
    assert found.table["sequence"][0] == "A"
    assert "1 row left out: no sequence." in notices(found)
    assert found.dropped[["line", "name"]].values.tolist() == [[1, "s0"]]


def test_selenocysteine_pyrrolysine_and_x_are_read_as_unknown(tmp_path: Path) -> None:
    found = inspect([fasta(tmp_path / "p.fa", [f"UOBZX{s[5:]}" if n < 2 else s for n, s in enumerate(PROTEINS)])])
    assert found.table is not None
    assert found.table["sequence"][0] == "XXXXX" + PROTEINS[0][5:]
    assert "2 sequences with ambiguous letters (8 in all), read as X." in notices(found)


def test_a_letter_that_grows_in_upper_case_stays_one_letter(tmp_path: Path) -> None:
    [problem] = inspect([fasta(tmp_path / "s.fa", ["ß" + PLAIN[0][1:], *PLAIN[1:]])]).problems
    assert problem.what == "'ß' is not a DNA letter."
    assert problem.where == "line 2 of s.fa (record s0), letter 1"


def test_replicates_of_one_sequence_with_unlike_values_are_counted(tmp_path: Path) -> None:
    rows = [f"{sequence},{row / 7:.3f}" for row, sequence in enumerate([*PLAIN[:20], *PLAIN[:20]])]
    (tmp_path / "t.csv").write_text("\n".join(["seq,fitness", *rows]))
    found = inspect([tmp_path / "t.csv"])
    assert found.summary is not None
    assert found.summary.conflicting == 20
    assert "20 sequences measured more than once with different values, all rows kept." in notices(found)
    assert found.summary.shared == Shared()  # replicates are drawn together


def test_copies_on_the_other_strand_are_drawn_together(tmp_path: Path) -> None:
    turn = str.maketrans("ACGT", "TGCA")
    found = inspect([fasta(tmp_path / "rc.fa", [*PLAIN, *(s.translate(turn)[::-1] for s in PLAIN)])])
    assert found.summary is not None
    assert found.summary.shared == Shared()


def test_one_chromosome_among_short_peaks_is_not_padded_in_silence(tmp_path: Path) -> None:
    (tmp_path / "odd.fa").write_text(
        "".join(f">s{n}|{n % 2}\n{'ACGT' * 10}{'ACGT'[n % 4]}\n" for n in range(300))
        + f">chr|1\n{'ACGTTGCA' * 100_000}\n"
    )
    [problem] = inspect([tmp_path / "odd.fa"]).problems
    assert problem.what.startswith("The sequences have 2 different lengths, 41 to 800,000 bp")
    assert "`--lengths crop`" in problem.fix


def test_complexes_with_colons_are_named(tmp_path: Path) -> None:
    found = inspect([fasta(tmp_path / "complexes.fa", [f"{s[:30]}:{s[30:]}" for s in PROTEINS])])
    assert found.problems
    assert found.problems[0].what.startswith("The record holds ':' as between the chains of a complex")


def test_gaps_beside_labels_stand_for_unknown_letters(tmp_path: Path) -> None:
    padded = [s[:20] + "-" * 40 if n < 30 else s for n, s in enumerate(PLAIN)]
    found = inspect([fasta(tmp_path / "padded.fa", padded)])
    assert found.table is not None
    assert found.info is not None
    assert (found.info.alphabet, found.table["sequence"][0]) == ("dna", PLAIN[0][:20] + "N" * 40)
    [told] = [notice for notice in found.notices if "gaps" in notice.what]
    assert told.sentence == "30 sequences with gaps (1,200 in all), read as N."
    assert told.where.startswith("line 1 of padded.fa")
    mixed = inspect([fasta(tmp_path / "mixed.fa", ["R-" + s[2:] if n < 2 else s for n, s in enumerate(PLAIN)])])
    assert "2 sequences with ambiguous letters (4 in all, 2 of them gaps), read as N." in notices(mixed)
    refused = inspect([tmp_path / "padded.fa"], ImportChoices(ambiguous="refuse"))
    assert refused.problems[0].what.startswith("'-' is not a DNA letter, it marks a gap")
    assert "`--ambiguous unknown`" in refused.problems[0].fix


def test_every_count_about_rows_says_where_the_first_one_is(tmp_path: Path) -> None:
    rows = [f"s{n},{s.lower() if n == 3 else s},{n / 7:.3f}" for n, s in enumerate(PLAIN)]
    rows[5] = rows[5].replace("s5,", ",")
    rows[6] = rows[6].replace("s6,", "s4,")
    rows[7] = f"s7,RY{PLAIN[7][2:]},0.5"
    rows[8] = f"s8,{PLAIN[8][:-3]},0.5"
    rows[9] = f"s9,{PLAIN[9]},"
    rows[10] = f"s10,{PLAIN[4]},9.5"
    (tmp_path / "t.csv").write_text("\n".join(["name,seq,fitness", *rows]) + "\n")
    found = inspect([tmp_path / "t.csv"])
    assert found.info is not None
    where = {notice.what: notice.where for notice in found.notices if notice.part == ""}
    lines = [5, 7, 8, 9, 10, 11, 12]
    assert sorted(int(place.split()[1]) for place in where.values()) == lines
    assert all(place.startswith("line ") and "of t.csv" in place for place in where.values())
