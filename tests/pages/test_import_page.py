"""The import page: from bytes to a saved data set, and what bad files are told."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from made_by_hand import OWNER
from streamlit.testing.v1 import AppTest
from told import errors, plain

from pages._ui import state, storage
from seqdl_core.errors import DataError
from seqdl_core.runs.store import Store
from seqdl_core.sequences.readers._text import MOST_BYTES

Open = Callable[..., AppTest]


def upload(name: str, content: bytes, folder: Path) -> str:
    path = folder / "content"
    path.write_bytes(content)
    with path.open("rb") as stream:
        return Store.default().add_upload(OWNER, name, stream).id


def positives(count: int = 20) -> bytes:
    return "".join(f">p{number}\n{'ACGTTGCA' * 3}{'ACGT'[number % 4] * (number // 4 + 1)}{'A' * (6 - number // 4)}\n"
                   for number in range(count)).encode()  # fmt: skip


def test_positives_only_are_noticed_and_one_click_makes_negatives(app: Open, tmp_path: Path) -> None:
    page = app(state.IMPORT, files=upload("bound.fa", positives(), tmp_path))
    assert plain(page.warning[0].proto.title) == "The training file holds positives only."
    save = next(one for one in page.button if one.label == "Save data set")
    assert save.disabled
    next(one for one in page.button if one.label == "Make dinucleotide-shuffled negatives").click().run()
    assert not page.warning
    assert page.query_params["set-negatives"] == "shuffle"
    next(one for one in page.button if one.label == "Save data set").click().run()
    assert not page.exception
    assert page.title[0].value == "Design a network"
    saved = Store.default().datasets(OWNER)[0]
    assert saved.info.negatives == "shuffle"
    assert page.query_params["data"] == saved.folder.name


def test_rows_left_out_are_told_in_the_open_with_the_reason(app: Open, tmp_path: Path) -> None:
    rows = [f"c{n}\t{'ACGTTGCA' * 8}{'ACGT'[n % 4]}{'AC' * (n // 4)}\t{n / 7 if n % 10 else ''}\n" for n in range(40)]
    page = app(state.IMPORT, files=upload("activity.tsv", f"clone\tseq\tactivity\n{''.join(rows)}".encode(), tmp_path))
    assert not page.error
    open_lines = [plain(one.value) for one in page.main.markdown]
    assert any("4 rows left out" in line for line in open_lines), open_lines
    assert any(line.startswith("4 rows without a value of any target, left out.") for line in open_lines)
    assert [one.proto.label for one in page.get("download_button")] == ["Rows left out, 4"]
    folded = [plain(one.value) for box in page.expander for one in box.markdown]
    assert folded
    assert not any("left out" in line for line in folded)


def test_the_gc_of_test_negatives_stands_beside_that_of_test_positives(app: Open, tmp_path: Path) -> None:
    weak, strong = "ATTATAAT" * 5, "GCCGATGC" * 5  # 0 and 30 of 40; of the 9 letters around them 4.5 on average
    rows = [f"r{n}\t{'ACGT'[n % 4] * 8}{strong if n % 2 else weak}{'ACGT'[n // 4 % 4]}\t{n % 2}\t{part}\n"
            for part in ("train", "test") for n in range(16)]  # fmt: skip
    page = app(state.IMPORT, files=upload("sites.tsv", f"id\tseq\tbound\tset\n{''.join(rows)}".encode(), tmp_path))
    (gc,) = (one for one in page.metric if one.label == "GC, mean")
    assert plain(gc.delta) == "test: 70 % positives, 9 % negatives"


def test_a_line_without_a_choice_has_no_box(app: Open, tmp_path: Path) -> None:
    page = app(state.IMPORT, files=upload("bound.fa", positives(), tmp_path))
    assert "One FASTA file." in "\n".join(plain(one.value) for one in page.markdown)
    assert not any(one.disabled for one in page.selectbox)


def test_every_finding_has_one_correction_and_it_survives_a_refresh(app: Open, tmp_path: Path) -> None:
    files = upload("two.tsv", b"name\tseq\tbound\n" + b"".join(
        f"s{n}\tACGT{'ACGT'[n % 4]}TTGCA\t{n % 2}\n".encode() for n in range(20)), tmp_path)  # fmt: skip
    page = app(state.IMPORT, files=files)
    assert not page.error
    assert sum(one.key.startswith("found:") for one in page.selectbox) == 7
    assert not any(one.disabled for one in page.selectbox)
    alphabet = next(one for one in page.selectbox if one.value == "dna")
    alphabet.set_value("protein").run()
    assert page.query_params["set-alphabet"] == "protein"
    again = app(state.IMPORT, files=files, **{"set-alphabet": "protein"})
    assert "protein" in [one.value for one in again.selectbox]


@pytest.mark.parametrize(
    ("name", "content", "parts"),
    [
        ("empty.fa", b"", ("The file is empty.", "empty.fa", "Choose a file with at least one sequence.")),
        (
            "binary.fa",
            bytes(range(256)) * 40,
            (
                "The file is binary: it holds NUL bytes.",
                "line 1 of binary.fa",
                "Save it as plain text: FASTA, or a table with one sequence a row.",
            ),
        ),
        (
            "broken.gz",
            gzip.compress(b">a\nACGT\n" * 50, mtime=0)[:20],
            (
                "The gzip file is damaged or was cut off after 0 bytes of text.",
                "broken.gz",
                "Copy or download it again; nothing of it was used.",
            ),
        ),
        (
            "letters.fa",
            b">a\nACGTACGTJ\n>b\nACGTACGTA\n" * 10,
            (
                "'J' is not a DNA letter; the sequence looks like a protein; 9 more sequences have such letters.",
                "line 2 of letters.fa (record a), letter 9",
                "Remove the record, or choose protein as the alphabet if all sequences are proteins, or leave such "
                "rows out.",
            ),
        ),
        (
            "short.fa",
            b">a\nACGTACGT\n>b\nACGTACGTACGT\n" * 10,
            (
                "These may be DNA or peptides: short sequences, 10 letters on average, and all letters are A, C, G and "
                "T.",
                "short.fa",
                "Choose the alphabet.",
            ),
        ),
    ],
)
def test_bad_files_get_three_parts_and_nothing_is_saved(
    app: Open, tmp_path: Path, name: str, content: bytes, parts: tuple[str, str, str]
) -> None:
    page = app(state.IMPORT, files=upload(name, content, tmp_path))
    assert not page.exception
    assert errors(page)[0] == parts
    assert next(one for one in page.button if one.label == "Save data set").disabled
    assert not Store.default().datasets(OWNER)


@pytest.mark.parametrize(
    ("files", "alphabet", "what"),
    [
        ("20200101-000000-00000000", "auto", "There is no upload of this id."),
        ("", "klingon", "'alphabet' cannot be 'klingon': input should be 'auto', 'dna', 'rna' or 'protein'."),
    ],
)
def test_what_cannot_be_read_at_all_leaves_a_way_out(
    app: Open, tmp_path: Path, files: str, alphabet: str, what: str
) -> None:
    known = upload("bound.fa", positives(), tmp_path)
    page = app(state.IMPORT, files=files or known, **{"set-alphabet": alphabet})
    assert not page.exception
    assert [error[0] for error in errors(page)] == [what]
    assert [one.label for one in page.button] == ["Start over"]
    page.button[0].click().run()
    assert page.title[0].value == "Bring sequences"
    assert "files" not in page.query_params
    assert "set-alphabet" not in page.query_params


def test_many_files_are_one_import_and_too_many_are_refused(app: Open, tmp_path: Path) -> None:
    one_each = [b">p\n" + b"ACGT" * 5 + b"ACGT"[place % 4 : place % 4 + 1] * (place // 4) for place in range(17)]
    ids = [upload(f"part{place}.fa", content, tmp_path) for place, content in enumerate(one_each)]
    page = app(state.IMPORT, files=".".join(ids))
    assert page.title[0].value == "Here is what I found"
    assert any("17 files" in plain(one.value) for one in page.markdown)
    with pytest.raises(DataError, match="201 files are too many"):
        storage.keep_text(OWNER, ">a\nACGT", ids[:1] * 200)


def test_the_limit_that_is_shown_is_the_one_of_the_reader(app: Open) -> None:
    said = "FASTA, FASTQ, tables, workbooks, GenBank, BED, VCF and more, up to 500 MB each; gzip and zip are fine."
    assert MOST_BYTES >= 500 * 2**20
    assert said in [one.value for one in app(state.HOME).caption]
    assert f":gray[{said} They stay on this machine.]" in [one.value for one in app(state.IMPORT).markdown]


def test_pasted_text_is_read_like_a_file(app: Open) -> None:
    page = app(state.IMPORT)
    page.text_area[0].set_value(positives().decode())
    page.button(key="read-first").click().run()
    assert not page.exception
    assert page.title[0].value == "Here is what I found"
    assert "files" in page.query_params


def test_starting_over_forgets_the_files_of_this_import_only(app: Open, tmp_path: Path) -> None:
    identifier = upload("bound.fa", positives(), tmp_path)
    page = app(state.IMPORT, files=identifier)
    next(one for one in page.button if one.label == "Start over").click().run()
    assert page.title[0].value == "Bring sequences"
    assert "files" not in page.query_params
    assert Store.default().upload(OWNER, identifier).name == "bound.fa"


def test_sequences_without_labels_may_be_kept_and_say_what_they_are_good_for(app: Open, tmp_path: Path) -> None:
    page = app(state.IMPORT, files=upload("bound.fa", positives(), tmp_path))
    assert not page.info
    next(one for one in page.button if one.label == "Keep them without labels").click().run()
    assert not page.exception
    assert not page.warning
    assert page.query_params["set-task"] == "unlabelled"
    [told] = [plain(one.value) for one in page.info]
    assert "predict MODEL --sequences FILE" in told
    assert "hidden letters" in told
    next(one for one in page.button if one.label == "Save data set").click().run()
    assert not page.exception
    assert Store.default().datasets(OWNER)[0].info.task == "unlabelled"


def test_two_of_three_classes_are_asked_for_and_answered_with_one_box(app: Open, tmp_path: Path) -> None:
    rows = [f"s{n}\t{'ACGTTGCA' * 3}{'ACGT'[n % 4]}{'CA' * (n // 4)}\t{('donor', 'acceptor', 'none')[n % 3]}\n"
            for n in range(30)]  # fmt: skip
    files = upload("sites.tsv", f"name\tseq\tlabel\n{''.join(rows)}".encode(), tmp_path)
    page = app(state.IMPORT, files=files, **{"set-task": "binary"})
    assert len(page.error) == 1
    box = next(one for one in page.selectbox if one.key.startswith("found:positive_label"))
    box.select("donor is 1").run()
    assert not page.exception
    assert not page.error
    assert page.query_params["set-positive_label"] == "donor"
    next(one for one in page.button if one.label == "Save data set").click().run()
    info = Store.default().datasets(OWNER)[0].info
    assert (info.task, info.label_names) == ("binary", ("acceptor;none", "donor"))
