"""Files that nobody has labels for are saved without a question; DNA without labels asks for negatives."""

from pathlib import Path

import numpy as np
import pytest

from seqdl_core.data.importing import BY_FILE, ImportChoices, Inspection, inspect
from seqdl_core.sequences.alphabets import DNA, PROTEIN

_RNG = np.random.default_rng(7)
PLAIN = [DNA.decode(row) for row in _RNG.integers(0, 4, (20, 60)).astype(np.uint8)]
PROTEINS = [PROTEIN.decode(row) for row in _RNG.integers(0, 20, (20, 50)).astype(np.uint8)]


def task(found: Inspection) -> str:
    assert not found.problems, found.problems
    assert found.info is not None
    return found.info.task


def options(found: Inspection) -> list[str]:
    [label] = [one for one in found.findings if one.key == "label"]
    assert label.value in [value for value, _ in label.options]
    return [text for _, text in label.options]


def fasta(path: Path, sequences: list[str]) -> Path:
    path.write_text("".join(f">s{row}\n{sequence}\n" for row, sequence in enumerate(sequences)))
    return path


def table(path: Path, header: str, rows: list[str]) -> Path:
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def test_reads_with_qualities_are_not_learned_from_their_qualities(tmp_path: Path) -> None:
    reads = [f"@r{row}\n{sequence}\n+\n{chr(60 + row) * 60}\n" for row, sequence in enumerate(PLAIN)]
    (tmp_path / "reads.fastq").write_text("".join(reads))
    found = inspect([tmp_path / "reads.fastq"])
    assert task(found) == "unlabelled"
    sentences = [one.sentence for one in found.findings]
    assert "No labels: sequences to score with a trained network, or to learn hidden letters from." in sentences
    assert "All rows can be scored; 20 %, drawn at random, test who learns hidden letters." in sentences
    [told] = [one.what for one in found.notices if "drawn at random" in one.what]
    assert told.startswith("rows drawn at random (seed 1) to test what is learned from hidden letters; whoever only")
    assert options(found) == ["No labels", "quality", "All are positives"]
    assert task(inspect([tmp_path / "reads.fastq"], ImportChoices(label_column="quality"))) == "regression"


def test_the_reads_of_both_ends_are_not_two_classes(tmp_path: Path) -> None:
    files = [tmp_path / f"reads_R{end}.fastq" for end in (1, 2)]
    for half, path in enumerate(files):
        path.write_text("".join(f"@r{row}\n{PLAIN[row]}\n+\n{'I' * 60}\n" for row in range(half, 20, 2)))
    assert task(inspect(files)) == "unlabelled"
    assert task(inspect(files, ImportChoices(label_column=BY_FILE))) == "binary"


def test_proteins_without_labels_in_fasta_and_tables(tmp_path: Path) -> None:
    assert task(inspect([fasta(tmp_path / "proteome.faa", PROTEINS)])) == "unlabelled"
    rows = [f"q{row},{sequence}" for row, sequence in enumerate(PROTEINS)]
    assert task(inspect([table(tmp_path / "queries.csv", "id,sequence", rows)])) == "unlabelled"


def test_a_table_of_uniprot_is_not_learned_from_whether_entries_were_reviewed(tmp_path: Path) -> None:
    header = "Entry\tReviewed\tEntry Name\tProtein names\tGene Names\tOrganism\tLength\tSequence"
    rows = [
        f"P{row}\t{'un' * (row % 2)}reviewed\tP{row}_X\tprotein {row}\tg{row}\tHomo sapiens\t50\t{sequence}"
        for row, sequence in enumerate(PROTEINS)
    ]
    found = inspect([table(tmp_path / "uniprot.tsv", header, rows)])
    assert task(found) == "unlabelled"
    assert options(found) == ["No labels", "Reviewed", "All are positives"]
    chosen = inspect([tmp_path / "uniprot.tsv"], ImportChoices(label_column="Reviewed"))
    assert chosen.info is not None
    assert (chosen.info.task, chosen.info.label_names) == ("binary", ("unreviewed", "reviewed"))


def test_variants_are_windows_without_labels_whatever_their_quality(tmp_path: Path) -> None:
    genome = "".join(PLAIN * 5)
    fasta(tmp_path / "genome.fa", [genome])
    turn = dict(zip("ACGT", "CGTA", strict=True))
    places = range(100, 900, 40)
    rows = [f"s0\t{at + 1}\trs{at}\t{genome[at]}\t{turn[genome[at]]}\t{at / 7:.2f}\tPASS\tAF=0.{at}" for at in places]
    head = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
    calls = table(tmp_path / "calls.vcf", head, rows)
    found = inspect([calls, tmp_path / "genome.fa"])
    assert task(found) == "unlabelled"
    [label] = [one.sentence for one in found.findings if one.key == "label"]
    assert label == "No labels: each row is one variant, built into its stretch of the reference, to score."
    assert found.info is not None
    assert sum(found.info.counts.values()) == 20
    chosen = inspect([calls, tmp_path / "genome.fa"], ImportChoices(label_column="qual"))
    assert task(chosen) == "regression"


def test_one_sequence_is_saved_in_one_part(tmp_path: Path) -> None:
    found = inspect([fasta(tmp_path / "one.fa", PROTEINS[:1])])
    assert task(found) == "unlabelled"
    assert found.info is not None
    assert found.info.counts == {"train": 1}
    [split] = [one for one in found.findings if one.key == "split"]
    assert split.sentence == "All rows stay together: there are too few to hold any back as a test set."


def test_all_may_be_positives_all_the_same(tmp_path: Path) -> None:
    path = fasta(tmp_path / "amps.fa", PROTEINS)
    for choices in (ImportChoices(label_column="(none)"), ImportChoices(task="binary")):
        assert inspect([path], choices).problems[-1].what == "The training file holds positives only."
    shuffled = inspect([path], ImportChoices(negatives="shuffle"))
    assert task(shuffled) == "binary"
    assert shuffled.info is not None
    assert shuffled.info.negatives == "shuffle"


def test_a_task_that_needs_labels_is_not_ignored(tmp_path: Path) -> None:
    for sequences in (PROTEINS, PLAIN):
        path = fasta(tmp_path / "bare.fa", sequences)
        [problem] = inspect([path], ImportChoices(task="regression")).problems
        assert problem.what == "No column holds labels that could be learned."


def test_dna_without_labels_asks_for_negatives(tmp_path: Path) -> None:
    found = inspect([fasta(tmp_path / "peaks.fa", PLAIN)])
    assert found.positives_only
    assert "--negatives genome" not in found.problems[-1].fix


@pytest.mark.parametrize("kept", ["both", "variants"])
def test_peaks_of_a_genome_at_hand_are_offered_its_windows(tmp_path: Path, kept: str) -> None:
    genome = fasta(tmp_path / "genome.fa", ["".join(PLAIN * 10)])
    if kept == "both":
        peaks = table(tmp_path / "peaks.bed", "s0\t0\t50", [f"s0\t{at}\t{at + 50}" for at in range(200, 9000, 400)])
        found = inspect([peaks, genome])
        assert "windows of the genome (`--negatives genome`)" in found.problems[-1].fix
        assert not inspect([peaks, genome], ImportChoices(negatives="genome")).problems
        return
    letters = "".join(PLAIN * 10)
    turn = dict(zip("ACGT", "CGTA", strict=True))
    rows = [f"s0,{at},{letters[at - 1]},{turn[letters[at - 1]]}" for at in range(200, 9000, 400)]
    found = inspect([table(tmp_path / "v.csv", "chrom,pos,ref,alt", rows), genome], ImportChoices(task="binary"))
    assert "--negatives genome" not in found.problems[-1].fix
