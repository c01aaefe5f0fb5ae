"""The command line as such: help for all, three parts for every error, JSON that is JSON."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from seqdl_core import __main__ as command_line
from seqdl_core.__main__ import main
from seqdl_core.commands import COMMANDS, printable

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", COMMANDS.names())
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    assert "--json" in text
    assert " ".join(COMMANDS.get(name).help.split()) in " ".join(text.split())


@pytest.mark.slow
def test_the_list_of_commands_is_quick_and_needs_no_torch() -> None:
    code = (
        "import sys\nfrom seqdl_core.__main__ import main\n"
        "try: main(['--help'])\nfinally: print('torch' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.endswith("False\n")
    assert all(f"\n    {name}" in ended.stdout for name in COMMANDS.names())


@pytest.mark.parametrize("arguments", [[], ["trian"], ["train", "--no-such-flag"], ["resume"]])
def test_a_slip_in_the_command_itself_is_a_usage_error(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    what, where, fix = captured.err.splitlines()
    assert what.endswith(".")
    assert where.startswith("  where: python -m seqdl_core")
    assert fix.endswith("--help")
    assert main([*arguments, "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["what"] == what


@pytest.mark.parametrize("command", ["train", "import", "inspect"])
def test_a_task_that_no_file_is_read_for_says_what_to_do_instead(
    command: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "some.fa"
    file.write_text(">a\nACGT\n>b\nACGA\n")
    brought = {
        "train": ["--data", str(file), "--architecture", "cnn", "--out", str(tmp_path / "run")],
        "import": [str(file), "--out", str(tmp_path / "set")],
        "inspect": [str(file)],
    }
    assert main([command, *brought[command], "--task", "masked"]) == 2
    what, where, fix = capsys.readouterr().err.splitlines()
    assert what == "Files cannot be read for the task 'masked'."
    assert where == "  where: --task"
    assert "Give --task unlabelled" in fix
    assert [one.name for one in tmp_path.iterdir()] == ["some.fa"]


def test_an_error_is_three_lines_and_an_exit_status(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["evaluate", str(tmp_path / "nowhere")]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == [
        "There is no such run folder.",
        f"  where: {tmp_path / 'nowhere'}",
        "  fix:   Give the folder that train --out made; it holds a file run.json.",
    ]


def test_with_json_an_error_is_json_too(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["evaluate", str(tmp_path), "--json"]) == 2
    captured = capsys.readouterr()
    assert json.loads(captured.out)["error"]["what"] == "There is no run in this folder."
    assert captured.err.startswith("There is no run in this folder.")


def test_a_disk_that_refuses_is_an_error_in_three_parts(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "run.json").mkdir()
    (tmp_path / "file").write_text("x")
    assert main(["resume", str(tmp_path / "file" / "below")]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_the_real_process_ends_with_2_and_without_a_traceback(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "seqdl_core", "resume", str(tmp_path / "nowhere"), "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr + ended.stdout
    assert set(json.loads(ended.stdout)["error"]) == {"what", "where", "fix"}


def test_numbers_that_json_has_no_word_for_become_null() -> None:
    found = command_line._as_json({"a": float("nan"), "b": [1.5, float("inf")], "c": ("x", None)})
    assert json.loads(found) == {"a": None, "b": [1.5, None], "c": ["x", None]}


def test_a_name_cannot_steer_the_terminal() -> None:
    assert (
        printable("a\x1b[31mred\x07\r\n\tb")
        == "a\N{REPLACEMENT CHARACTER}[31mred" + 2 * "\N{REPLACEMENT CHARACTER}" + "\n\tb"
    )
