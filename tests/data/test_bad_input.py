"""Bad input: every problem says what, where and what to do, and nothing is saved."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seqdl_core.data.importing import ImportChoices, import_files, inspect
from seqdl_core.errors import DataError, SeqDLError
from seqdl_core.sequences.alphabets import DNA

PLAIN = [DNA.decode(row) for row in np.random.default_rng(6).integers(0, 4, (20, 20)).astype(np.uint8)]


def lines(path: Path, changes: dict[int, str]) -> Path:
    """A good FASTA file of 20 records on 40 lines, with some lines changed; lines count from 1."""
    text = [part for row, sequence in enumerate(PLAIN) for part in (f">s{row}|{row % 2}", sequence)]
    for line, content in changes.items():
        text[line - 1] = content
    path.write_text("\n".join(text) + "\n")
    return path


def table(path: Path, header: str, rows: list[str]) -> Path:
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def only_problem(files: list[Path], choices: ImportChoices | None = None) -> SeqDLError:
    found = inspect(files, choices)
    assert found.table is None
    assert found.info is None
    assert len(found.problems) == 1, found.problems
    problem = found.problems[0]
    assert problem.what.endswith(".")
    assert problem.fix.endswith(".")
    folder = files[0].parent / "saved"
    with pytest.raises(SeqDLError) as caught:
        import_files(files, folder, choices)
    assert caught.value.parts() == problem.parts()
    assert not folder.exists()
    return problem


def test_a_letter_outside_the_alphabet(tmp_path: Path) -> None:
    problem = only_problem([lines(tmp_path / "peaks.fa", {6: PLAIN[2][:4] + "J" + PLAIN[2][5:]})])
    assert problem.what == "'J' is not a DNA letter."
    assert problem.where == "line 6 of peaks.fa (record s2), letter 5"


def test_an_ambiguous_letter_that_is_refused_names_the_way_out(tmp_path: Path) -> None:
    file = lines(tmp_path / "peaks.fa", {6: "R" + PLAIN[2][1:], 8: "Y" + PLAIN[3][1:]})
    problem = only_problem([file], ImportChoices(ambiguous="refuse"))
    assert problem.what == "'R' is not a DNA letter, it stands for one of several; 1 more sequence has such letters."
    assert problem.where == "line 6 of peaks.fa (record s2), letter 1"
    assert 'choose "read ambiguous letters as N"' in problem.fix
    assert not inspect([file]).problems


def test_a_letter_on_a_wrapped_line(tmp_path: Path) -> None:
    wrapped = f"{PLAIN[2][:8]}\n{PLAIN[2][8:12]}!{PLAIN[2][13:]}"
    problem = only_problem([lines(tmp_path / "peaks.fa", {6: wrapped})])
    assert problem.where == "line 7 of peaks.fa (record s2), letter 13"


def test_a_protein_among_dna(tmp_path: Path) -> None:
    problem = only_problem([lines(tmp_path / "peaks.fa", {8: "MKTAYIAKQRQISFVKSHFS"})])
    assert problem.what == "'M' is not a DNA letter; the sequence looks like a protein."
    assert problem.where == "line 8 of peaks.fa (record s3), letter 1"
    assert problem.fix == (
        "Remove the record, or choose protein as the alphabet if all sequences are proteins, or leave such rows out "
        "(`--bad-rows drop`)."
    )
    dropped = inspect([tmp_path / "peaks.fa"], ImportChoices(bad_rows="drop"))
    assert not dropped.problems
    assert dropped.dropped[["line", "name", "reason"]].values.tolist() == [[7, "s3", "letters outside the alphabet"]]
    assert "1 row left out: letters outside the alphabet." in [notice.sentence for notice in dropped.notices]
    forced = inspect([tmp_path / "peaks.fa"], ImportChoices(alphabet="protein"))
    assert not forced.problems


def test_uracil_among_dna_a_gap_and_a_stop(tmp_path: Path) -> None:
    file = lines(tmp_path / "a.fa", {6: "U" + PLAIN[2][1:]})
    assert "choose DNA as the alphabet" in only_problem([file]).fix
    assert not inspect([file], ImportChoices(alphabet="dna")).problems
    gapped = lines(tmp_path / "b.fa", {6: "-" + PLAIN[2][1:]})
    assert "gap" in only_problem([gapped], ImportChoices(ambiguous="refuse")).what
    assert "stop" in only_problem([lines(tmp_path / "c.fa", {6: PLAIN[2][:9] + "*" + PLAIN[2][10:]})]).what
    assert "U+00DF" not in only_problem([lines(tmp_path / "d.fa", {6: PLAIN[2][1:] + "ß"})]).what


def test_a_header_without_a_sequence(tmp_path: Path) -> None:
    problem = only_problem([lines(tmp_path / "peaks.fa", {6: "", 40: ""})], ImportChoices(lengths="pad"))
    assert problem.what == "There is no sequence here; 1 more record is empty."
    assert problem.where == "line 5 of peaks.fa (record s2)"


def test_sequences_of_unequal_length_refused_where_the_person_wants_that(tmp_path: Path) -> None:
    file = lines(tmp_path / "peaks.fa", {6: PLAIN[2][:17]})
    problem = only_problem([file], ImportChoices(lengths="refuse", alphabet="dna"))
    assert problem.what == ("The sequences have 2 different lengths, 17 to 20 bp; this one has 17, 19 of 20 have 20.")
    assert problem.where == "line 5 of peaks.fa (record s2)"
    assert "pad" in problem.fix
    assert "crop" in problem.fix


def test_a_missing_label(tmp_path: Path) -> None:
    problem = only_problem([lines(tmp_path / "peaks.fa", {5: ">s2", 7: ">s3"})])
    assert problem.what == "The label is missing (label); 1 more row has none."
    assert problem.where == "line 5 of peaks.fa (record s2)"
    rows = [f"{sequence},{'' if row == 3 else row % 2}" for row, sequence in enumerate(PLAIN)]
    assert only_problem([table(tmp_path / "t.csv", "seq,label", rows)]).where == "line 5 of t.csv"


def test_a_label_that_says_it_is_missing_is_left_out_and_counted(tmp_path: Path) -> None:
    rows = [f"{sequence},{'NaN' if row in (3, 7) else row % 2}" for row, sequence in enumerate(PLAIN)]
    found = inspect([table(tmp_path / "t.csv", "seq,label", rows)])
    assert found.table is not None
    assert len(found.table) == len(PLAIN) - 2
    assert found.dropped["line"].tolist() == [5, 9]
    said = [told.sentence for told in found.notices]
    assert "2 rows whose cell in label says that there is no label, left out." in said


def test_more_than_two_values_where_a_binary_task_is_wanted(tmp_path: Path) -> None:
    rows = [f"{sequence},{row % 3}" for row, sequence in enumerate(PLAIN)]
    file = table(tmp_path / "t.csv", "seq,label", rows)
    assert not inspect([file]).problems
    problem = only_problem([file], ImportChoices(task="binary"))
    assert problem.what == "The label label has 3 different values (0, 1, 2), and a binary task has two."
    assert problem.where == "line 4 of t.csv"


def test_two_columns_that_could_be_the_label(tmp_path: Path) -> None:
    rows = [f"{sequence},{row % 2},{row // 10}" for row, sequence in enumerate(PLAIN)]
    file = table(tmp_path / "t.csv", "seq,left,right", rows)
    assert only_problem([file]).what == ("It is not clear which column holds the labels; 2 columns might: left, right.")
    [asked] = [finding for finding in inspect([file]).findings if finding.choice == "label_column"]
    assert (asked.value, [value for value, _ in asked.options]) == ("", ["", "left", "right", "left;right", "(none)"])
    assert not inspect([file], ImportChoices(label_column="left")).problems
    both = inspect([file], ImportChoices(label_column="left;right"))
    assert both.info is not None
    assert (both.info.task, both.info.targets) == ("multilabel", ("left", "right"))


@pytest.mark.parametrize(("label", "word"), [("1", "positives only"), ("0", "no positives")])
def test_one_class_only(tmp_path: Path, label: str, word: str) -> None:
    rows = [f"{sequence},{label}" for sequence in PLAIN]
    problem = only_problem([table(tmp_path / "t.csv", "seq,label", rows)])
    assert word in problem.what
    assert "t.csv" in problem.where


def test_too_few_to_hold_any_back(tmp_path: Path) -> None:
    rows = [f"{sequence},{int(row == 0)}" for row, sequence in enumerate(PLAIN)]
    problem = only_problem([table(tmp_path / "t.csv", "seq,label", rows)])
    assert problem.what == "There are too few different sequences of class 1 to hold any back as a test set."
    found = inspect([table(tmp_path / "u.csv", "seq,label", rows[:1])], ImportChoices(negatives="shuffle"))
    assert "too few" in found.problems[0].what


def test_the_same_file_twice(tmp_path: Path) -> None:
    first = lines(tmp_path / "a.fa", {})
    second = lines(tmp_path / "b.fa", {})
    assert only_problem([first, second]).parts() == {
        "what": "The file is the same as a.fa.",
        "where": "b.fa",
        "fix": "Bring each file once.",
    }


def test_one_bad_file_among_good_ones_is_named_and_the_rest_is_shown(tmp_path: Path) -> None:
    good = lines(tmp_path / "a.fa", {})
    (tmp_path / "b.fa").write_bytes(b"\x89PNG\r\n\x1a\n")
    found = inspect([good, tmp_path / "b.fa"])
    assert [problem.where for problem in found.problems] == ["b.fa"]
    assert [view.name for view in found.tables] == ["a.fa"]
    assert found.findings


def test_nothing_at_all(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no files"):
        import_files([], tmp_path / "set")


GOOD = [
    b">a|1\nACGTACGT\n>b|0\nACGATTTT\n>c|1|test\nACGGTTTT\n>d|0|test\nCCCTTTTT\n",
    b"name\tseq\tBound\nq\tACGTAC\t1\nb\tTTTTTT\t0\nc\tTTGTTT\t0\nd\tTTCTTT\t1\n",
    b"MKTAYIAKQR,1,train\nMKTAYIAKQA,0,train\nMKTAYIAKQW,1,test\nMKWAYIAKQA,0,test\n",
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.sampled_from(GOOD),
    changes=st.lists(
        st.tuples(st.integers(0, 90), st.sampled_from([b"", b"\t", b",", b">", b"\n", b"N", b"\xff", b"-1", b'"']),
                  st.integers(0, 6)),
        max_size=5,
    ),
    choices=st.sampled_from(
        [ImportChoices(), ImportChoices(negatives="shuffle", lengths="pad", ambiguous="unknown"),
         ImportChoices(label_column="(file)", lengths="crop", duplicates="drop", alphabet="rna"),
         ImportChoices(test_file="none", label_column="(none)", negatives="shuffle", lengths="crop")]
    ),
)  # fmt: skip
def test_mutated_files_are_saved_or_refused(
    tmp_path_factory: pytest.TempPathFactory,
    start: bytes,
    changes: list[tuple[int, bytes, int]],
    choices: ImportChoices,
) -> None:
    content = start
    for place, new, cut in changes:
        content = content[:place] + new + content[place + cut :]
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "file").write_bytes(content)
    found = inspect([folder / "file"], choices)
    if found.problems:
        assert all(problem.what and problem.fix for problem in found.problems)
    else:
        dataset = import_files([folder / "file"], folder / "set", choices)
        for part in dataset.info.counts:
            assert len(dataset.codes(part)) == dataset.info.counts[part]
