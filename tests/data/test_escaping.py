"""Ways out of the folders that files may be taken from: all of them end in the same error, whoever opens the file."""

import json
from pathlib import Path

import pytest

from seqdl_core.__main__ import main
from seqdl_core.data.allowed import still_allowed
from seqdl_core.data.importing import ImportChoices, inspect
from seqdl_core.errors import DataError

GENOME = ">chr1\n" + "ACGTTGCA" * 200 + "\n"
BED = "".join(f"chr1\t{100 * n}\t{100 * n + 50}\n" for n in range(1, 11))
REFUSED = "There is no such file in the folders that may be used."


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """``open`` with a BED file, and a genome outside it; the working folder is where the genome lies."""
    (tmp_path / "open").mkdir()
    (tmp_path / "genome.fa").write_text(GENOME)
    (tmp_path / "open" / "peaks.bed").write_text(BED)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _problem(place: Path, genome: str, name: str = "peaks.bed") -> str:
    choices = ImportChoices(genome=genome, negatives="shuffle")
    found = inspect([place / "open" / "peaks.bed"], choices, [name], folders=[(place / "open").resolve()])
    return found.problems[0].what if found.problems else ""


@pytest.mark.parametrize("genome", ["../genome.fa", "genome.fa", "open/../genome.fa", "./genome.fa"])
def test_no_spelling_of_a_path_leads_out(place: Path, genome: str) -> None:
    assert _problem(place, genome) == REFUSED
    assert _problem(place, str(place / genome)) == REFUSED


@pytest.mark.parametrize("name", ["genome.fa", "/etc/passwd", "x/genome.fa"])
def test_a_file_that_bears_the_name_of_another_is_no_way_out(place: Path, name: str) -> None:
    """The genome's name equals that of a brought file with no records in it: it is no path to be followed for that."""
    assert _problem(place, name.rsplit("/", 1)[-1], name) == REFUSED
    assert _problem(place, name, name) == REFUSED


def test_a_genome_inside_is_opened(place: Path) -> None:
    (place / "genome.fa").rename(place / "open" / "genome.fa")
    assert _problem(place, "genome.fa") == ""


def test_a_link_that_was_changed_after_the_check_leads_nowhere(place: Path) -> None:
    folder = (place / "open").resolve()
    file = folder / "data.fa"
    file.write_text(">a\nACGT\n")
    assert still_allowed(file, "data.fa", [folder]) == file
    file.unlink()
    file.symlink_to(place / "genome.fa")
    for gone in (file, folder / "none.fa", place / "genome.fa"):
        with pytest.raises(DataError, match="not there any more"):
            still_allowed(gone, "data.fa", [folder])
    inner = folder / "deep"
    inner.symlink_to(place)
    with pytest.raises(DataError, match="not there any more"):
        still_allowed(inner / "genome.fa", "genome.fa", [folder])


@pytest.mark.parametrize("command", ["inspect", "import"])
def test_the_process_that_opens_files_looks_too(place: Path, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    rest = ["--json", *(["--out", str(place / "set")] if command == "import" else [])]
    within = ["--within", str(place / "open")]
    peaks = str(place / "open" / "peaks.bed")

    assert main([command, str(place / "genome.fa"), *within, *rest]) == 2
    assert "not there any more" in json.loads(capsys.readouterr().out)["error"]["what"]

    link = place / "open" / "link.bed"
    link.symlink_to(place / "genome.fa")
    assert main([command, str(link), *within, *rest]) == 2
    capsys.readouterr()

    for genome in ("../genome.fa", str(place / "genome.fa"), "genome.fa"):
        main([command, peaks, *within, "--as", "genome.fa", "--genome", genome, *rest])
        told = json.loads(capsys.readouterr().out)
        assert (told["error"] if command == "import" else told["problems"][0])["what"] == REFUSED
    assert not (place / "set").exists()


def test_own_folders_hold_files_but_no_genome(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``--own`` is where SeqDL put what a person brought; a path that they type does not lead there."""
    (place / "own").mkdir()
    own = place / "own" / "content.fa"
    own.write_text(GENOME)
    flags = ["--within", str(place / "open"), "--own", str(place / "own"), "--json"]
    assert main(["inspect", str(own), "--as", "mine.fa", *flags]) == 0
    assert json.loads(capsys.readouterr().out)["files"][0]["name"] == "mine.fa"
    assert main(["inspect", str(place / "open" / "peaks.bed"), "--genome", str(own), *flags]) == 0
    assert json.loads(capsys.readouterr().out)["problems"][0]["what"] == REFUSED


def test_each_file_is_named_or_none(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    peaks = str(place / "open" / "peaks.bed")
    assert main(["inspect", peaks, peaks, "--as", "a.bed", "--json"]) == 2
    assert "--as is given 1 times" in json.loads(capsys.readouterr().out)["error"]["what"]
