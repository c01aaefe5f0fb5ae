"""train, resume and evaluate as a person types them."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from seqdl_core.__main__ import main
from seqdl_core.commands._data import gather_data
from seqdl_core.data.dataset import Dataset
from seqdl_core.model_file import read_card
from seqdl_core.runs.folder import RunFolder
from seqdl_core.runs.results import judgement_of, motifs_of
from tests.commands.conftest import QUICK

Table = Callable[[Path, int, int, int], Path]
Captured = pytest.CaptureFixture[str]


def refused(arguments: list[str], capsys: Captured) -> str:
    """What a command says on standard error when it refuses; it must say it in three parts and without a traceback."""
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert "  where: " in said
    assert "  fix:   " in said
    return said


def test_a_trained_run_holds_all_its_results(trained: Path) -> None:
    run = RunFolder.open(trained)
    status = run.status()
    assert (status.state, status.phase, status.done, status.epoch) == ("finished", "", 1.0, 2)
    assert 100 < status.memory_mb < 1500
    assert 0 < status.training_mb < status.memory_mb
    assert status.pid is None
    dataset = Dataset.open(trained / "dataset")
    assert dataset.info.negatives == "shuffle", "positives beside a test file with both classes need no asking"
    card = read_card(run.model_path)
    assert (card.data_hash, card.negatives, card.length) == (dataset.hash, "shuffle", 40)
    assert card.architecture_config["filters"] == 8, "a setting of the architecture"
    assert card.training["epochs"] == 2, "a setting of training"
    assert set(card.metrics) == {"validation_auroc", "best_epoch", "epochs"}
    assert [epoch.epoch for epoch in run.metrics()[1]] == [1, 2]
    assert run.spec.name == "mine"
    judged = json.loads(run.evaluation_path.read_text())
    assert set(judged["baselines"]) == {"kmer", "one_hot", "pwm"}
    assert (judged["n"], judged["positives"], judged["data_hash"]) == (60, 30, dataset.hash)
    assert sorted(report.filter for report in motifs_of(run) or []) == list(range(8))
    judgement = judgement_of(run)
    assert judgement is not None
    assert judged["run_seed"] == run.spec.training["seed"]
    assert judged["seed"] == judgement.seed, "the bootstrap's own"
    assert judgement.verdict == judged["verdict"]
    assert not list(trained.glob("*.part"))


def test_evaluate_prints_what_is_on_record(trained: Path, capsys: Captured) -> None:
    assert main(["evaluate", str(trained), "--baselines", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    recorded = json.loads((trained / "evaluation.json").read_text())
    assert found["metrics"] == recorded["metrics"]
    assert set(found["metrics"]["auroc"]) == set(found["baselines"]["kmer"]["auroc"]) == {"value", "low", "high"}
    assert found["verdict"] == recorded["verdict"]
    assert main(["evaluate", str(trained)]) == 0
    text = capsys.readouterr().out
    assert text.startswith(found["verdict"])
    assert "6-mer logistic regression" in text


@pytest.mark.slow
def test_judging_anew_gives_the_same_figures(trained: Path, capsys: Captured, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(trained, copy)
    before = json.loads((copy / "evaluation.json").read_text())
    (copy / "evaluation.json").unlink()
    assert main(["evaluate", str(copy), "--baselines", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["metrics"] == before["metrics"]
    assert found["baselines"] == before["baselines"]


def test_evaluate_on_the_test_file_gives_the_figures_of_the_test_part(trained: Path, capsys: Captured) -> None:
    file = trained.parent / "factor_B.tsv.gz"
    assert main(["evaluate", str(trained), "--data", str(file), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["metrics"] == json.loads((trained / "evaluation.json").read_text())["metrics"]
    assert found["baselines"] == {}


def test_evaluate_says_what_was_trained_on(trained: Path, capsys: Captured) -> None:
    assert main(["evaluate", str(trained), "--data", str(trained.parent / "factor_AC.tsv.gz"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    known = len(Dataset.open(trained / "dataset").ids("train"))
    assert found["seen_in_training"] == known
    assert found["verdict"].startswith(f"{known} of {known} sequences were trained on")
    assert main(["evaluate", str(trained), "--data", str(trained.parent / "factor_B.tsv.gz"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["seen_in_training"] == 0


def test_evaluate_on_positives_alone_makes_shuffles_and_says_so(
    trained: Path, table: Table, capsys: Captured, tmp_path: Path
) -> None:
    assert main(["evaluate", str(trained), "--data", str(table(tmp_path / "new.tsv", 20, 0, 5)), "--json"]) == 0
    captured = capsys.readouterr()
    assert (json.loads(captured.out)["n"], json.loads(captured.out)["positives"]) == (40, 20)
    assert "dinucleotide shuffle of each" in captured.err


def test_training_on_a_dataset_leaves_it_where_it_is(trained: Path, capsys: Captured, tmp_path: Path) -> None:
    out = tmp_path / "second"
    command = ["train", "--data", str(trained / "dataset"), "--architecture", "deepbind", *QUICK, "--out", str(out)]
    assert main([*command, "--json"]) == 0
    captured = capsys.readouterr()
    found = json.loads(captured.out)
    assert found["state"] == "finished"
    assert found["metrics"] == json.loads((trained / "evaluation.json").read_text())["metrics"], "same seed, same data"
    assert captured.err.count("epoch ") == 2, "one line an epoch"
    assert not (out / "dataset").exists()
    assert "finished" in refused(["train", str(out)], capsys)
    assert "finished" in refused(["resume", str(out)], capsys)


def test_a_test_file_takes_the_place_of_a_dataset_s_test_part(
    trained: Path, table: Table, capsys: Captured, tmp_path: Path
) -> None:
    own = table(tmp_path / "own.tsv", 25, 24, 9)
    command = ["train", "--data", str(trained / "dataset"), "--test", str(own), "--architecture", "deepbind", *QUICK]
    assert main([*command, "--out", str(tmp_path / "run")]) == 0
    made = Dataset.open(tmp_path / "run" / "dataset")
    assert made.info.counts == {"train": 80, "test": 49}
    assert made.sequences("train") == Dataset.open(trained / "dataset").sequences("train")
    assert [source.name for source in made.info.sources] == ["factor_AC.tsv.gz", "own.tsv"]


def test_a_test_file_takes_the_notices_of_the_drawn_test_part_away(table: Table, tmp_path: Path) -> None:
    file, own = table(tmp_path / "all.tsv", 30, 30, 1), tmp_path / "own.tsv"
    own.write_text(table(tmp_path / "all_too.tsv", 20, 20, 2).read_text().replace("ACGT", "acgt"))
    assert main(["import", str(file), "--out", str(tmp_path / "set")]) == 0
    drawn = Dataset.open(tmp_path / "set")
    assert any("drawn at random" in notice.what for notice in drawn.info.notices)
    made = gather_data([tmp_path / "set"], own, tmp_path / "made", {})
    assert [source.name for source in made.info.sources] == ["all.tsv", "own.tsv"]
    assert set(made.rows("test")["source"]) == {"own.tsv"}
    told = [(notice.what.split(" ", 1)[1], notice.where) for notice in made.info.notices]
    assert told == [("with lower-case letters, read as upper case.", "line 7 of own.tsv")]


def test_a_file_is_judged_whole_however_small(trained: Path, table: Table, capsys: Captured, tmp_path: Path) -> None:
    file = table(tmp_path / "two.tsv", 1, 1, 5)
    assert main(["evaluate", str(trained), "--data", str(file), "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["n"] == 2
    assert "drawn at random" not in captured.err
    only = table(tmp_path / "negatives.tsv", 0, 9, 5)
    said = refused(["evaluate", str(trained), "--data", str(only)], capsys)
    assert "holds only negatives; AUROC needs both" in said
    assert "training" not in said
    said = refused(
        ["evaluate", str(trained), "--data", str(table(tmp_path / "p.tsv", 9, 0, 5)), "--negatives", "given"], capsys
    )
    assert "holds only positives; AUROC needs both" in said


def test_what_the_messages_offer_is_there(trained: Path, table: Table, capsys: Captured, tmp_path: Path) -> None:
    file = table(tmp_path / "odd.tsv", 30, 30, 5)
    file.write_text(file.read_text().replace("CCGGAAGT", "CCRRAAGT"))
    strict = ["--ambiguous", "refuse"]
    said = refused(["evaluate", str(trained), "--data", str(file), *strict], capsys)
    assert "`--ambiguous unknown`" in said
    assert main(["evaluate", str(trained), "--data", str(file), "--ambiguous", "unknown", "--json"]) == 0
    assert "30 sequences with ambiguous letters" in capsys.readouterr().err
    asked = ["train", "--data", str(file), "--architecture", "deepbind", *QUICK, "--out", str(tmp_path / "run")]
    assert "`--ambiguous unknown`" in refused([*asked, *strict], capsys)
    assert main([*asked, "--test-fraction", "0.5"]) == 0
    assert Dataset.open(tmp_path / "run" / "dataset").info.counts == {"train": 30, "test": 30}


def test_corrections_need_a_file_to_correct(trained: Path, capsys: Captured, tmp_path: Path) -> None:
    assert "--ambiguous corrects" in refused(["evaluate", str(trained), "--ambiguous", "unknown"], capsys)
    asked = ["train", "--data", str(trained / "dataset"), "--architecture", "deepbind", "--out", str(tmp_path / "run")]
    assert "--label-column corrects" in refused([*asked, "--label-column", "x"], capsys)
    assert "--test-file" in refused([*asked, "--test", "a", "--test-file", "b"], capsys)
    assert "--test-file cannot" in refused(["train", str(trained), "--test-file", "b"], capsys)


def test_a_stopped_run_is_resumed_by_command_and_by_nothing_else(trained: Path, capsys: Captured) -> None:
    run = RunFolder(trained.parent / "stopped")
    shutil.copytree(trained, run.path)
    (run.path / "evaluation.json").unlink()
    run.change(state="stopped", message="Stopped.")
    assert "resume RUN" in refused(["train", str(run.path)], capsys)
    assert main(["resume", str(run.path)]) == 0
    assert "Training is done already." in capsys.readouterr().err
    assert run.status().state == "finished"
    assert run.evaluation_path.is_file()


def test_positives_alone_need_a_choice(table: Table, capsys: Captured, tmp_path: Path) -> None:
    file = table(tmp_path / "peaks.tsv", 60, 0, 3)
    command = ["train", "--data", str(file), "--architecture", "deepbind", *QUICK, "--out", str(tmp_path / "run")]
    assert "positives only" in refused(command, capsys)
    assert not (tmp_path / "run").exists(), "nothing is left behind, so the same command can be given again"
    assert main([*command, "--negatives", "shuffle"]) == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--set", "batchsize=3"], "Did you mean 'batch_size'?"),
        (["--set", "filterwidth=3"], "Did you mean 'filter_width'?"),
        (["--set", "epochs"], "name=value"),
        (["--set", "epochs=0"], "from 1 to 1000"),
        (["--set", "epochs=many"], "from 1 to 1000"),
        (["--set", "filters=-1"], "from 1 to 1024"),
        (["--architecture", "deepbid"], "Did you mean 'deepbind'?"),
        (["--jaspar", "ELKK1"], "ELK1"),
        (["--data", "/no/such/file"], "/no/such/file"),
        (["--test", "/no/such/file"], "/no/such/file"),
    ],
)
def test_a_wrong_order_is_refused_before_anything_is_made(
    trained: Path, capsys: Captured, tmp_path: Path, options: list[str], said: str
) -> None:
    command = [
        "train",
        "--data",
        str(trained / "dataset"),
        "--architecture",
        "deepbind",
        "--out",
        str(tmp_path / "run"),
    ]
    assert said in refused([*command, *options], capsys)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.tsv", b""),
        ("binary.tsv", bytes(range(256)) * 20),
        ("protein.fa", b">a\nACGTACGT\n>b\nMKVLITGAGSGIG\n"),
        ("unequal.tsv", b"sequence\tlabel\nACGTACGT\t1\nACGT\t0\nACGTAAAA\t1\nACGTTTTT\t0\n"),
        ("letter.tsv", b"sequence\tlabel\nACGTJCGT\t1\nACGTACGA\t0\nACGTAAAA\t1\nACGTTTTT\t0\n"),
        ("negatives.tsv", b"sequence\tlabel\nACGTACGT\t0\nACGTACGA\t0\n"),
        ("few.tsv", b"sequence\tlabel\nACGTACGT\t1\nACGTTTTT\t0\n"),
    ],
)
def test_bad_files_are_refused(capsys: Captured, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    command = ["train", "--data", str(tmp_path / name), "--architecture", "deepbind", "--out", str(tmp_path / "run")]
    refused(command, capsys)
    assert not (tmp_path / "run").exists()
    assert (tmp_path / name).read_bytes() == content


def test_an_out_folder_with_something_in_it_is_refused(trained: Path, capsys: Captured) -> None:
    before = sorted(entry.name for entry in trained.iterdir())
    command = ["train", "--data", str(trained / "dataset"), "--architecture", "deepbind", "--out", str(trained)]
    assert "not empty" in refused(command, capsys)
    assert sorted(entry.name for entry in trained.iterdir()) == before


def test_a_new_run_says_what_it_lacks(capsys: Captured) -> None:
    assert "--architecture and --out" in refused(["train", "--data", "x"], capsys)
    assert "--data and --architecture and --out" in refused(["train"], capsys)


def test_settings_beside_a_prepared_run_are_refused(trained: Path, capsys: Captured) -> None:
    assert "--set" in refused(["train", str(trained), "--set", "epochs=3"], capsys)


def test_changed_data_are_refused_and_the_run_has_failed(trained: Path, capsys: Captured, tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    shutil.copytree(trained, run.path)
    rows = run.path / "dataset" / "sequences.parquet"
    rows.write_bytes(rows.read_bytes()[:-100])
    run.change(state="stopped")
    refused(["resume", str(run.path)], capsys)
    status = run.status()
    assert status.state == "failed"
    assert status.error is not None
    assert all(status.error.values())


def test_damaged_runs_are_refused(trained: Path, capsys: Captured, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(trained, run)
    (run / "run.json").write_text("{")
    for command in ("train", "resume", "evaluate"):
        assert "run.json is damaged" in refused([command, str(run)], capsys)


def test_damaged_models_and_evaluations_are_refused(trained: Path, capsys: Captured, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(trained, run)
    (run / "evaluation.json").write_text("{")
    assert "evaluation" in refused(["evaluate", str(run)], capsys)
    (run / "evaluation.json").unlink()
    (run / "model.safetensors").write_bytes(b"weights")
    assert "damaged" in refused(["evaluate", str(run)], capsys)
    (run / "model.safetensors").unlink()
    assert "no model yet" in refused(["evaluate", str(run)], capsys)


def test_a_run_that_is_running_is_left_alone(trained: Path, capsys: Captured, tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    shutil.copytree(trained, run.path)
    run.change(state="stopped")
    lock = run.running_lock()
    assert lock.acquire()
    assert "running already" in refused(["resume", str(run.path)], capsys)
    assert run.status().state == "stopped"
    lock.release()
