"""Imports that go well: what is found in real and in small files, and what each correction does."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from seqdl_core.data.dataset import Dataset
from seqdl_core.data.findings import short_name, short_names
from seqdl_core.data.importing import ImportChoices, Inspection, import_files, inspect, names_of, save
from seqdl_core.data.parts.by_letters import Shared
from seqdl_core.errors import DataError, UnknownName
from seqdl_core.sequences.alphabets import DNA, RNA

PLAIN = [DNA.decode(row) for row in np.random.default_rng(4).integers(0, 4, (40, 20)).astype(np.uint8)]
PEPTIDES = ["GLRRLFADQLVGRRNI", "SLFSLIKAGAKFLGKN", "FNKLKQGSSKRTCAKC", "MVKILEWDFHPQYAST", "GIMDTVKNVAKNLAGQ"]


def fasta(path: Path, rows: list[tuple[str, str]]) -> Path:
    path.write_text("".join(f">{name}\n{sequence}\n" for name, sequence in rows))
    return path


def labelled(path: Path, sequences: list[str] = PLAIN) -> Path:
    return fasta(path, [(f"s{row}|{row % 2}", sequence) for row, sequence in enumerate(sequences)])


def positives(path: Path, sequences: list[str] = PLAIN) -> Path:
    return fasta(path, [(f"{path.stem}{row}", sequence) for row, sequence in enumerate(sequences)])


def sentences(found: Inspection) -> dict[str, str]:
    return {finding.key: finding.sentence for finding in found.findings}


def notices(found: Inspection) -> list[str]:
    return [notice.sentence for notice in found.notices]


def elk1(encode: Path) -> list[Path]:
    return sorted(encode.glob("ELK1*"))


def test_the_encode_files_are_found_as_they_are(encode: Path) -> None:
    found = inspect(elk1(encode))
    assert [(finding.key, finding.sentence, finding.evidence) for finding in found.findings] == [
        (
            "format",
            "Two tab-separated tables, one header line each.",
            "Columns FoldID, EventID, seq, Bound; compressed with gzip",
        ),
        (
            "alphabet",
            "DNA, every sequence 101 bp.",
            "6,084 of 6,084 sequences use only A, C, G, T; no lower case, no N; RNA that is written with T looks the "
            "same",
        ),
        (
            "strands",
            "Both strands are read alike.",
            "50 % of 3,674 groups of like sequences can be told from the reverse complement; chance is 50 %",
        ),
        (
            "task",
            "Binary task.",
            "Values 1 and 0; 1 in 5,584 rows, 0 in 500 rows",
        ),
        ("label", "The label is the column Bound.", "Named so"),
        (
            "split",
            "The files are a training and a test set.",
            "Names differ only in _AC and _B; no sequence is in both",
        ),
        (
            "names",
            "Names come from the column EventID.",
            "All 6,084 are different; FoldID holds only A and is left out",
        ),
    ]
    for finding in found.findings:
        assert finding.choice in ImportChoices.model_fields
        assert finding.value in [value for value, _ in finding.options]
    assert dict(found.findings[5].options)[elk1(encode)[1].name] == "_AC trains, _B tests"
    assert found.positives_only
    assert [problem.parts()["what"] for problem in found.problems] == ["The training file holds positives only."]
    assert found.problems[0].where == f"All 5,084 rows of {elk1(encode)[0].name} have Bound = 1"
    assert not found.notices
    assert (found.files, found.bytes) == (2, 204_869)
    assert [(table.short, table.rows, table.titles) for table in found.tables] == [
        ("ELK1_…_AC", 5084, ("EventID", "seq", "Bound")),
        ("ELK1_…_B", 1000, ("EventID", "seq", "Bound")),
    ]
    assert found.tables[1].head["id"].tolist()[:2] == ["seq_00002_peak", "seq_00004_peak"]
    assert found.tables[1].head["gc"].tolist()[0] == pytest.approx(0.75, abs=0.005)
    assert found.summary is not None
    assert (found.summary.rows, found.summary.duplicates, found.summary.shared) == (6084, 0, Shared())


def test_shuffles_that_were_added_tell_their_seed(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    for part, rows in (("train", 30), ("test", 12)):
        letters = ["".join(rng.choice(list("ACGT"), 30)) for _ in range(rows)]
        lines = ["sequence,bound", *(f"{one},1" for one in letters)]
        (tmp_path / f"{part}.csv").write_text("\n".join(lines))
    files = [tmp_path / "train.csv", tmp_path / "test.csv"]
    found = inspect(files, ImportChoices(negatives="shuffle", seed=7))
    told = [notice.sentence for notice in found.notices]
    assert "12 dinucleotide shuffles added to the test set as negatives (seed 7)." in told


def test_the_encode_files_saved_with_shuffles(encode: Path, tmp_path: Path) -> None:
    dataset = import_files(elk1(encode), tmp_path / "set", ImportChoices(negatives="shuffle"))
    assert dataset.info.name == "ELK1_GM12878_ELK1_(1277-1)_Stanford"
    assert dataset.info.counts == {"train": 5084, "test": 1000}
    assert dataset.info.positives == {"train": 5084, "test": 500}
    assert dataset.info.negatives == "shuffle"
    assert (dataset.info.alphabet, dataset.info.length, dataset.info.label_names) == ("dna", 101, ("0", "1"))
    assert [source.rows for source in dataset.info.sources] == [5084, 1000]
    assert Dataset.open(tmp_path / "set").ids("test")[:2] == ["seq_00002_peak", "seq_00004_peak"]
    # The command line asks for shuffles only where the test file can judge them.
    auto = inspect(elk1(encode), ImportChoices(negatives="auto"))
    assert auto.info == dataset.info.model_copy(update={"name": ""})
    assert inspect(elk1(encode)[:1], ImportChoices(negatives="auto")).problems


def test_the_other_file_may_test(encode: Path) -> None:
    found = inspect(elk1(encode), ImportChoices(test_file=elk1(encode)[0].name))
    assert [type(problem) for problem in found.problems] == [DataError]
    assert "test rows are all of class 1" in found.problems[0].what


def test_positives_only_without_a_test_file(tmp_path: Path) -> None:
    file = positives(tmp_path / "peaks.fa")
    assert inspect([file]).positives_only
    assert inspect([file]).problems[0].where == "All 40 rows of peaks.fa are without a label"
    dataset = import_files([file], tmp_path / "set", ImportChoices(negatives="shuffle"))
    assert dataset.info.counts == {"train": 32, "test": 16}
    assert dataset.info.positives == {"train": 32, "test": 8}
    test = dataset.rows("test")
    for row in range(8):
        held, shuffled = test["sequence"][row], test["sequence"][row + 8]
        assert test["id"][row + 8] == test["id"][row] + "_shuffled"
        assert sorted(held[at : at + 2] for at in range(19)) == sorted(shuffled[at : at + 2] for at in range(19))
    assert [notice.count for notice in dataset.info.notices] == [8, 8, 32]


def test_shuffles_of_proteins_are_not_offered(tmp_path: Path) -> None:
    choices = ImportChoices(label_column="(none)")
    found = inspect([positives(tmp_path / "amps.fa", [peptide[:16] for peptide in PEPTIDES])], choices)
    assert sentences(found)["alphabet"] == "Protein, every sequence 16 residues."
    assert not found.positives_only
    assert found.problems[0].fix.startswith("Bring labels, or add a file of negatives.")
    unlabelled = inspect([tmp_path / "amps.fa"], ImportChoices(task="unlabelled", lengths="pad"))
    assert unlabelled.info is not None
    assert (unlabelled.info.task, unlabelled.info.counts) == ("unlabelled", {"train": 4, "test": 1})


def test_one_file_a_class_and_parts_in_the_names(tmp_path: Path) -> None:
    files = [
        positives(tmp_path / "AMP.tr.fa", PLAIN[:10]),
        positives(tmp_path / "AMP.te.fa", PLAIN[10:20]),
        positives(tmp_path / "DECOY.tr.fa", PLAIN[20:30]),
        positives(tmp_path / "DECOY.te.fa", PLAIN[30:]),
    ]
    found = inspect(files, ImportChoices(alphabet="protein"))
    assert sentences(found)["label"] == "Each file holds one class."
    assert sentences(found)["split"] == "Files are for training or for test."
    dataset = save(found, tmp_path / "set", "peptides")
    assert dataset.info.counts == {"train": 20, "test": 20}
    assert dataset.info.positives == {"train": 10, "test": 10}
    assert set(dataset.rows("test").query("label == 0")["source"]) == {"DECOY.te.fa"}


def test_two_files_without_labels_are_two_classes_and_may_be_called_positives(tmp_path: Path) -> None:
    files = [positives(tmp_path / "here.fa", PLAIN[:20]), positives(tmp_path / "there.fa", PLAIN[20:])]
    found = inspect(files)
    assert sentences(found)["label"] == "Each file holds one class."
    assert found.info is not None
    assert found.info.label_names == ("here", "there")
    assert found.info.positives == {"train": 16, "test": 4}
    assert inspect(files, ImportChoices(label_column="(none)")).positives_only


def test_parts_from_headers_and_from_folders(tmp_path: Path) -> None:
    rows = [(f"s{row}|{row % 2}|{'testing' if row > 29 else 'training'}", s) for row, s in enumerate(PLAIN)]
    found = inspect([fasta(tmp_path / "all.fa", rows)])
    assert sentences(found)["split"] == "Training and test come from the column split."
    assert found.info is not None
    assert found.info.counts == {"train": 30, "test": 10}
    assert inspect([tmp_path / "all.fa"], ImportChoices(test_file="none")).info.counts == {"train": 32, "test": 8}  # type: ignore[union-attr]
    for part, sequences in (("training", PLAIN[:30]), ("test", PLAIN[30:])):
        (tmp_path / part).mkdir()
        labelled(tmp_path / part / "s.fa", sequences)
    found = inspect([tmp_path / "test" / "s.fa", tmp_path / "training" / "s.fa"])
    assert [table.name for table in found.tables] == ["test/s.fa", "training/s.fa"]
    assert found.info is not None
    assert found.info.counts == {"train": 30, "test": 10}
    assert notices(found) == ["10 names that had occurred before, told apart by a number behind."]


def test_a_random_test_set_says_what_it_does_not_guard_against(tmp_path: Path) -> None:
    table = str.maketrans("ACGT", "TGCA")
    strands = [*PLAIN, *(sequence.translate(table)[::-1] for sequence in PLAIN)]
    rows = [(f"s{row}|{row % 2}", sequence) for row, sequence in enumerate(strands)]
    found = inspect([fasta(tmp_path / "all.fa", rows)], ImportChoices(test_fraction=0.25))
    assert found.info is not None
    assert found.info.counts == {"train": 60, "test": 20}
    assert found.info.positives == {"train": 30, "test": 10}
    assert found.summary is not None
    assert found.summary.shared == Shared()
    assert found.findings[-2].sentence == "25 % of the rows, drawn at random, are the test set."
    assert "merely similar may fall on both sides" in notices(found)[0]


def test_a_test_set_alone(tmp_path: Path) -> None:
    file = labelled(tmp_path / "held_out.fa")
    dataset = import_files([file], tmp_path / "set", ImportChoices(test_file=str(file)))
    assert dataset.info.counts == {"test": 40}


def test_words_as_labels(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    lines = [f"{sequence},{'promoter' if row % 2 else 'other'}" for row, sequence in enumerate(PLAIN)]
    path.write_text("\n".join(["seq,class", *lines]))
    found = inspect([path])
    assert found.findings[5].sentence == "promoter counts as 1."
    assert "check this" in found.findings[5].evidence
    assert found.info is not None
    assert found.info.label_names == ("other", "promoter")
    turned = inspect([path], ImportChoices(positive_label="other"))
    assert turned.table is not None
    assert found.table is not None
    assert (turned.table["label"] == 1 - found.table["label"]).all()
    assert "no label called" in inspect([path], ImportChoices(positive_label="no")).problems[0].what


@pytest.mark.parametrize(
    ("pair", "positive"),
    [(("1", "0"), "1"), (("-1", "1.0"), "1"), (("2", "1"), "2"), (("+", "-"), "+"), (("False", "True"), "True"),
     (("promoter", "non-promoter"), "promoter"), (("control", "treated"), "treated"), (("yes", "no"), "yes")],
)  # fmt: skip
def test_which_label_counts_as_1(tmp_path: Path, pair: tuple[str, str], positive: str) -> None:
    path = tmp_path / "table.tsv"
    lines = [f"{sequence}\t{pair[row % 4 == 0]}" for row, sequence in enumerate(PLAIN)]
    path.write_text("\n".join(["seq\tlabel", *lines]))
    found = inspect([path])
    assert found.info is not None
    assert found.info.label_names[1] == positive
    assert not any("check this" in finding.evidence for finding in found.findings)


def test_lower_case_and_unknown_letters_are_counted(tmp_path: Path) -> None:
    sequences = [PLAIN[0].lower(), "N" * 20, PLAIN[2][:10].lower() + PLAIN[2][10:], "N" + PLAIN[3][1:], *PLAIN[4:]]
    found = inspect([labelled(tmp_path / "masked.fa", sequences)])
    thymine = "RNA that is written with T looks the same"
    plain = "38 of 40 sequences use only A, C, G, T"
    assert found.findings[1].evidence == f"{plain}; 2 with lower case, 2 with N; {thymine}"
    assert notices(found)[:2] == [
        "2 sequences with lower-case letters, read as upper case.",
        "1 sequence without any letter but N, kept.",
    ]
    assert found.table is not None
    assert found.table["sequence"].tolist() == [sequence.upper() for sequence in sequences]


def test_ambiguous_letters_are_read_as_unknown_and_listed(tmp_path: Path) -> None:
    sequences = ["RY" + PLAIN[0][2:], "w" + PLAIN[1][1:], *PLAIN[2:]]
    found = inspect([labelled(tmp_path / "iupac.fa", sequences)])
    assert found.changed.to_dict("records") == [
        {"file": "iupac.fa", "line": line, "name": name, "reason": "ambiguous letters read as N", "brought": brought}
        for line, name, brought in ((1, "s0", sequences[0]), (3, "s1", sequences[1]))
    ]
    assert "2 sequences with ambiguous letters (3 in all), read as N." in notices(found)
    assert found.table is not None
    assert found.table["sequence"].tolist()[:2] == ["NN" + PLAIN[0][2:], "N" + PLAIN[1][1:]]


def test_rna_in_dna_letters_only_when_chosen(tmp_path: Path) -> None:
    rna = [sequence.replace("T", "U") for sequence in PLAIN]
    assert sentences(inspect([labelled(tmp_path / "rna.fa", rna)]))["alphabet"] == "RNA, every sequence 20 nt."
    written_as_dna = labelled(tmp_path / "dna.fa")
    assert sentences(inspect([written_as_dna]))["alphabet"] == "DNA, every sequence 20 bp."
    found = inspect([written_as_dna], ImportChoices(alphabet="rna"))
    assert found.table is not None
    assert found.table["sequence"].tolist() == rna
    assert notices(found)[0].endswith("sequences with T, read as U.")
    assert RNA.name == found.info.alphabet  # type: ignore[union-attr]


def test_unequal_lengths_are_padded_or_cropped_on_request(tmp_path: Path) -> None:
    sequences = [PLAIN[0][:15], PLAIN[1][:18], *PLAIN[2:]]
    file = labelled(tmp_path / "mixed.fa", sequences)
    padded = import_files([file], tmp_path / "padded", ImportChoices(alphabet="dna"))
    assert padded.info.length == 20
    assert padded.table["sequence"].tolist() == sequences
    assert padded.info.notices[0].sentence == "2 sequences shorter than 20 bp, filled up with N at the end when used."
    codes = padded.codes("train" if padded.table["split"][0] == "train" else "test")
    assert codes[0].tolist() == [*DNA.encode(sequences[0]), 4, 4, 4, 4, 4]
    cropped = import_files([file], tmp_path / "cropped", ImportChoices(lengths="crop", alphabet="dna"))
    assert cropped.info.length == 15
    assert cropped.table["sequence"].tolist()[1:3] == [sequences[1][1:16], sequences[2][2:17]]
    assert cropped.info.notices[0].sentence == "39 sequences longer than 15 bp, of which the middle was kept."


def test_repeats_conflicts_and_shared_rows_are_counted(tmp_path: Path) -> None:
    train = fasta(tmp_path / "x_train.fa", [(f"a{row}|{row % 2}", PLAIN[row % 20]) for row in range(30)])
    test = fasta(tmp_path / "x_test.fa", [("a0|1", PLAIN[0]), ("b|0", PLAIN[30])])
    found = inspect([train, test])
    assert found.summary is not None
    assert (found.summary.duplicates, found.summary.conflicting) == (11, 1)
    assert found.summary.shared == Shared(test_in_training=1)
    assert notices(found) == [
        "1 name that had occurred before, told apart by a number behind.",
        "1 sequence with both labels, all rows kept.",
        "1 test row also found in training, as it stands or as its reverse complement.",
    ]
    assert found.table is not None
    assert found.table["id"].tolist()[30] == "a0 (2)"
    assert sentences(found)["names"] == "Names come from the headers."
    dropped = inspect([train, test], ImportChoices(duplicates="drop"))
    assert dropped.info is not None
    assert dropped.info.counts == {"train": 20, "test": 2}
    assert "10 rows left out as repeats of a sequence with the same label." in notices(dropped)


def test_corrections_of_columns(tmp_path: Path) -> None:
    path = tmp_path / "table.tsv"
    lines = [f"n{row}\t{s}\t{s[::-1]}\t{row % 2}\t{row % 3 % 2}\tx" for row, s in enumerate(PLAIN)]
    path.write_text("\n".join(["probe\tfirst\tsecond\tBound\tactive\tconst", *lines]))
    found = inspect([path], ImportChoices(sequence_column="second", label_column="active", name_column="(none)"))
    assert found.table is not None
    assert found.table["sequence"].tolist() == [sequence[::-1] for sequence in PLAIN]
    assert found.table["label"].tolist() == [float(row % 3 % 2) for row in range(40)]
    assert found.table["id"].tolist()[:2] == ["row_1", "row_2"]
    for choices in (
        ImportChoices(sequence_column="frist"),
        ImportChoices(label_column="active2"),
        ImportChoices(name_column="prob"),
        ImportChoices(test_file="tabel.tsv"),
    ):
        problem = inspect([path], choices).problems[0]
        assert isinstance(problem, UnknownName)
        assert problem.fix.startswith("Did you mean")


def test_names_of_uploads_and_of_paths() -> None:
    assert names_of([Path("/a/x.fa"), Path("/b/y.fa")]) == ["x.fa", "y.fa"]
    assert names_of([Path("/a/x.fa"), Path("/b/x.fa")]) == ["a/x.fa", "b/x.fa"]
    assert names_of([Path("/a/x.fa"), Path("/a/x.fa")]) == ["x.fa", "x.fa (2)"]
    assert short_name("ELK1_GM12878_ELK1_(1277-1)_Stanford_AC.seq.gz") == "ELK1_…_AC"
    assert short_name("peaks.fa") == "peaks"
    for name, said in {
        "Messung März.csv": "Messung März",
        "peaks.bed": "peaks",
        "screen.xlsx": "screen",
        "splits/low_vs_high.csv": "low_vs_high",
        "training_data/x sequences.fasta.gz": "x sequences",
        ".gz": ".gz",
    }.items():
        assert short_name(name) == said
    assert short_names(["peaks.bed", "peaks.fa"]) == ["peaks.bed", "peaks.fa"]
    assert short_names(["train_0/sequences.fa.gz", "test_0/sequences.fa.gz"]) == ["train_…", "test_…"]


def test_the_names_people_gave_are_used(tmp_path: Path) -> None:
    hidden = tmp_path / "0f3a"
    hidden.write_bytes(gzip.compress(labelled(tmp_path / "s.fa").read_bytes(), mtime=0))
    found = inspect([hidden], names=["peaks <b>.fa.gz"])
    assert found.tables[0].name == "peaks <b>.fa.gz"
    assert found.info is not None
    assert found.info.sources[0].name == "peaks <b>.fa.gz"
    assert found.findings[0].evidence == "40 records; headers give names and label; compressed with gzip"


def test_the_same_files_give_the_same_data_set(tmp_path: Path) -> None:
    file = labelled(tmp_path / "all.fa")
    hashes = [
        import_files([file], tmp_path / f"{k}", ImportChoices(seed=seed)).hash for k, seed in enumerate((1, 1, 2))
    ]
    assert hashes[0] == hashes[1] != hashes[2]


def test_a_validation_part_from_a_column_is_kept_and_said(tmp_path: Path) -> None:
    parts = ["train"] * 24 + ["valid"] * 8 + ["test"] * 8
    rows = [f"{sequence}\t{row % 2}\t{part}" for row, (sequence, part) in enumerate(zip(PLAIN, parts, strict=True))]
    file = tmp_path / "set.tsv"
    file.write_text("\n".join(["sequence\tlabel\tsplit", *rows]) + "\n")
    found = inspect([file])
    [split] = [finding for finding in found.findings if finding.key == "split"]
    assert split.sentence == "Training, validation and test come from the column split."
    assert "8 validation rows by the column split, used to choose the best epoch, never trained on" in split.evidence
    assert found.info is not None
    assert found.info.counts == {"train": 24, "validation": 8, "test": 8}

    rows = [row.replace("1\tvalid", "0\tvalid") for row in rows]
    file.write_text("\n".join(["sequence\tlabel\tsplit", *rows]) + "\n")
    [problem] = inspect([file]).problems
    assert problem.what == "The validation rows are all of class 0, so nothing can be told apart there."


def test_sequences_without_another_shuffle_are_counted_and_get_no_negative(tmp_path: Path) -> None:
    plain = ["A" * 20, "AC" * 10, "T" * 20, *PLAIN[:17]]
    file = positives(tmp_path / "peaks.fa", plain)
    found = inspect([file], ImportChoices(negatives="shuffle", test_fraction=0.5))
    assert found.table is not None
    test = found.table[found.table["split"] == "test"]
    assert not set(test.loc[test["label"] == 0, "sequence"]) & set(plain)
    told = sum(notice.count for notice in found.notices if "with no other dinucleotide shuffle" in notice.what)
    assert told == 3
    assert len(test) == 20 - sum(n.count for n in found.notices if "test sequence" in n.what and "no other" in n.what)


def test_a_file_that_is_only_a_test_set_needs_both_classes(tmp_path: Path) -> None:
    file = positives(tmp_path / "peaks.fa")
    [problem] = inspect([file], ImportChoices(test_file="peaks.fa")).problems
    assert problem.what == "The file holds only positives; AUROC needs both."
    assert "`--negatives shuffle`" in problem.fix
    found = inspect([file], ImportChoices(test_file="peaks.fa", negatives="shuffle"))
    assert found.info is not None
    assert (found.info.counts, found.info.positives) == ({"test": 80}, {"test": 40})
