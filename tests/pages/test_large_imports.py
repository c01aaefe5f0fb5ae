"""Files that are read beside the page, imports found again, links that were swapped, and work that is asked for."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from made_by_hand import OWNER
from streamlit.testing.v1 import AppTest
from test_data_pages import once_computed, press, with_a_copy_in_the_test_set
from test_import_page import upload
from told import errors

from pages._ui import data_doors, state, storage
from seqdl_core.errors import ConfigError, DataError
from seqdl_core.runs.jobs import start_job
from seqdl_core.runs.store import Store

Open = Callable[..., AppTest]


def table(rows: int = 40) -> bytes:
    """Distinct sequences of two classes, one with a letter that stands for several, one with a foreign letter."""
    lines = [f"r{n}\tACGT{'ACGT'[n % 4]}TTGC{'AC' * (n // 8 + 1)}\t{n % 2}" for n in range(rows)]
    lines[3] = lines[3].replace("TTGC", "RTGC")
    return ("name\tseq\tbound\n" + "\n".join([*lines, "bad\tACGTJ\t1"]) + "\n").encode()


def labels(page: AppTest) -> list[str]:
    return [one.label for one in page.button]


def waited(page: AppTest, seconds: float = 60) -> AppTest:
    """The import page once its files are read."""
    end = time.monotonic() + seconds
    while page.title[0].value == "Your files are being read":
        assert time.monotonic() < end
        time.sleep(0.3)
        page.run()
    return page


@pytest.mark.slow
def test_much_is_read_beside_the_page_and_told_alike(
    app: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = upload("two <b>.tsv", table(), tmp_path)
    words = {"set-bad_rows": "drop"}
    near = app(state.IMPORT, files=files, **words)
    monkeypatch.setattr(storage, "AT_ONCE", 100)
    far = waited(app(state.IMPORT, files=files, **words))
    assert far.title[0].value == "Here is what I found"
    for kind in ("selectbox", "metric", "error"):
        assert [one.value for one in getattr(far, kind)] == [one.value for one in getattr(near, kind)]
    shown = [[one.value for one in page.markdown if "read in" not in one.value] for page in (far, near)]
    assert shown[0] == shown[1]
    assert far.dataframe[0].value.equals(near.dataframe[0].value)
    assert list((Store.default().jobs_folder(OWNER)).glob("*/result.json"))

    page = once_computed(press(far, "Save data set"))
    assert not page.exception
    assert page.title[0].value == "Design a network"
    (saved,) = Store.default().datasets(OWNER)
    assert sum(saved.info.counts.values()) == 40
    assert {source.name for source in saved.info.sources} == {"two <b>.tsv"}


@pytest.mark.slow
def test_what_is_wrong_is_told_alike_too(app: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = upload("two.tsv", table(), tmp_path)
    near = app(state.IMPORT, files=files)
    monkeypatch.setattr(storage, "AT_ONCE", 100)
    far = waited(app(state.IMPORT, files=files))
    assert errors(far) == errors(near)
    assert errors(far)


def test_reading_can_be_cancelled(app: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "AT_ONCE", 100)
    rows = "".join(f"{'ACGTTGCA' * 6}{n:015b}\t{n % 2}\n".translate(str.maketrans("01", "AC")) for n in range(30_000))
    page = app(state.IMPORT, files=upload("many.tsv", b"seq\tbound\n" + rows.encode(), tmp_path))
    assert page.title[0].value == "Your files are being read"
    press(page, "Cancel")
    assert page.title[0].value == "Nothing was read yet"
    assert {"Start again", "Start over"} <= set(labels(page))
    assert not list(Store.default().jobs_folder(OWNER).glob("*/job.json"))


def test_little_is_read_at_once_and_a_genome_elsewhere_never_is(tmp_path: Path) -> None:
    files = storage.uploads(OWNER, [upload("a.fa", b">a\nACGT\n", tmp_path)])
    assert storage.is_read_at_once(files, ())
    assert storage.is_read_at_once(files, (("genome", "a.fa"),))
    assert not storage.is_read_at_once(files, (("genome", "hg38.fa"),))


def test_a_correction_sets_no_other_flag(tmp_path: Path) -> None:
    ids = [upload("a.fa", b">a\nACGT\n", tmp_path)]
    for flag in ("out", "within", "own", "dropped", "json"):
        with pytest.raises(ConfigError):
            storage.import_order(OWNER, ids, ((flag, "/tmp/x"),), "")


def test_a_link_that_was_swapped_after_the_check_is_not_followed(
    app: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "secret.tsv").write_bytes(table())
    mine = tmp_path / "open" / "mine.tsv"
    mine.write_bytes(table())
    monkeypatch.setenv("SEQDL_FOLDERS", str(tmp_path / "open"))
    (kept,) = storage.keep_place(OWNER, "mine.tsv")
    assert storage.uploads(OWNER, [kept])[0].path == mine.resolve()
    page = app(state.IMPORT, files=kept)
    assert page.title[0].value == "Here is what I found"

    mine.unlink()
    mine.symlink_to(tmp_path / "secret.tsv")
    for ask in (storage.uploads, lambda owner, ids: storage.import_order(owner, ids, (), "")):
        with pytest.raises(DataError, match="not there any more"):
            ask(OWNER, [kept])
    page = app(state.IMPORT, files=kept)
    assert errors(page)[0][0] == "The file is not there any more, or not in a folder that may be used."
    assert labels(page) == ["Start over"]


def test_a_folder_that_is_closed_again_is_closed_for_files_brought_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    (tmp_path / "one" / "mine.tsv").write_bytes(table())
    monkeypatch.setenv("SEQDL_FOLDERS", str(tmp_path / "one"))
    kept = storage.keep_place(OWNER, "mine.tsv")
    monkeypatch.setenv("SEQDL_FOLDERS", str(tmp_path / "two"))
    with pytest.raises(DataError, match="not there any more"):
        storage.uploads(OWNER, kept)


@pytest.mark.skipif(os.name != "posix", reason="needs a named pipe")
def test_an_import_that_goes_on_is_found_again(app: Open, tmp_path: Path) -> None:
    jobs = Store.default().jobs_folder(OWNER)
    pipe = tmp_path / "slow.fa"
    os.mkfifo(pipe)  # reading it waits, so the import goes on until it is cancelled
    out = Store.default().new_dataset_folder(OWNER)
    job = start_job(jobs, ["import", f"--out={out}", "--name=My *peaks*", str(pipe)])
    try:
        page = app(state.IMPORT)
        assert any("An import is running: **My \\*peaks\\***" in one.value for one in page.markdown)
        press(page, "Show")
        assert page.title[0].value.startswith("Importing")
        assert page.query_params["job"] == job.folder.name
        assert "Cancel" in labels(page)
        again = app(state.IMPORT, job=job.folder.name)  # a refresh
        assert again.title[0].value.startswith("Importing")
        assert "Show" not in labels(again)
        press(again, "Cancel")
        assert not job.folder.exists()
    finally:
        job.cancel()
    assert not any("An import is running" in one.value for one in app(state.IMPORT).markdown)


@pytest.mark.slow
@pytest.mark.parametrize(("page_file", "button"), [(state.QUALITY, "Measure quality"), (state.SPLIT, "Look for leaks")])
def test_a_large_set_is_measured_when_asked(
    app: Open, monkeypatch: pytest.MonkeyPatch, page_file: str, button: str
) -> None:
    store = Store.default()
    data = with_a_copy_in_the_test_set(store)
    monkeypatch.setattr(data_doors, "MOST_SECONDS", 0.0)
    page = app(page_file, data=data.folder.name)
    assert button in labels(page)
    assert any("60 sequences of up to 60 letters take about 0 s" in one.value for one in page.markdown)
    assert not list(store.jobs_folder(OWNER).glob("*/job.json"))
    page = once_computed(press(page, button))
    assert not page.exception
    assert page.metric
    assert button not in labels(page)
    results = {path: path.stat().st_mtime_ns for path in store.jobs_folder(OWNER).glob("*/result.json")}
    assert app(page_file, data=data.folder.name).metric
    assert {path: path.stat().st_mtime_ns for path in store.jobs_folder(OWNER).glob("*/result.json")} == results


def test_a_typed_path_needs_no_enter(app: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a`b*.tsv").write_bytes(table())
    monkeypatch.setenv("SEQDL_FOLDERS", str(tmp_path))
    page = app(state.IMPORT)
    next(one for one in page.text_input if one.label == "Or its path").input("a`b*.tsv")
    page = press(page, "Add")
    assert page.title[0].value == "Here is what I found"
