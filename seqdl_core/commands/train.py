"""``train``: train a model on data, or do a run that a page prepared."""

import argparse
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqdl_core.commands import Command, say
from seqdl_core.commands._choices import add_choices, chosen, flag_of
from seqdl_core.config import parse_assignments
from seqdl_core.data.choices import ImportChoices
from seqdl_core.errors import ConfigError

if TYPE_CHECKING:
    from seqdl_core.runs.folder import RunFolder

_ALL = "all"
_NEW = ("data", "test", "fold", "architecture", "masked", "set", "name", "jaspar", "out")


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", nargs="?", metavar="RUN", help="a run folder that waits for its training")
    parser.add_argument(
        "--wait",
        action="store_true",
        help="load everything, then do the run that a line of standard input names; the worker keeps such a process",
    )
    new = parser.add_argument_group("a new run")
    new.add_argument("--data", nargs="+", metavar="FILE", help="a dataset folder, or files to import")
    new.add_argument("--test", metavar="FILE", help="the file to judge on; without it a part of the data is held back")
    new.add_argument(
        "--fold",
        metavar="K|all",
        help="of a data set in folds: fold K tests, the next one validates (the first after the last; two folds leave "
        "none for that), the others train; all trains a run for each fold, in OUT/fold-1, OUT/fold-2 ...",
    )
    new.add_argument("--architecture", metavar="NAME", help="see the command architectures")
    new.add_argument(
        "--masked",
        action="store_true",
        help="learn to tell letters that are hidden, whatever labels the data have; sequences without labels are "
        "learned from in this way in any case",
    )
    new.add_argument(
        "--set",
        nargs="+",
        action="extend",
        default=[],
        metavar="KEY=VALUE",
        help="settings of the architecture or of training, such as filters=32 epochs=10",
    )
    new.add_argument("--name", default="", help="what to call the run")
    new.add_argument("--jaspar", default="", metavar="MOTIF", help="a JASPAR id or factor for the PWM baseline")
    new.add_argument("--out", metavar="RUN", help="the folder for the run; it must not hold anything")
    add_choices(parser, defaults=ImportChoices(negatives="auto"))


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    from seqdl_core.runs.folder import RunFolder

    if arguments.wait:
        from seqdl_core.runs.spare import wait_for_run

        _refuse_settings(arguments, "A run that is told later")
        told = wait_for_run()
        if told is None:
            return {"state": "not told"}
        run = RunFolder.open(told)
    elif arguments.run is None:
        _check_new(arguments)
        if arguments.fold == _ALL:
            from seqdl_core.commands._folds import train_in_turn

            return train_in_turn(arguments, _prepare)
        run = _prepare(arguments, Path(arguments.out), _number(arguments.fold))
    else:
        _refuse_settings(arguments)
        run = RunFolder.open(Path(arguments.run))

    from seqdl_core.runs.execute import execute, help_to_train
    from seqdl_core.training.team import joined

    with joined() as team:
        if not team.first:
            help_to_train(run)
            return {"state": "helped"}
        execute(run, say)

    from seqdl_core.commands._runs import summary

    return summary(run)


def _refuse_settings(arguments: argparse.Namespace, what: str = "A prepared run") -> None:
    given = [f"--{name}" for name in _NEW if getattr(arguments, name)] + [flag_of(name) for name in chosen(arguments)]
    if given:
        raise ConfigError(
            f"{what} has its settings already, so {given[0]} cannot be given beside it.",
            where=str(arguments.run),
            fix="Leave the option away, or start a new run with --data, --architecture and --out.",
        )


def _check_new(arguments: argparse.Namespace) -> None:
    """Raises ConfigError where what a new run needs is missing, or options contradict each other."""
    missing = [f"--{name}" for name in ("data", "architecture", "out") if not getattr(arguments, name)]
    if missing:
        raise ConfigError(
            f"A new run needs {' and '.join(missing)}.",
            where="train",
            fix="Write: train --data DATA --architecture NAME --out RUN, or train RUN for a prepared run.",
        )
    if not arguments.fold:
        return
    if arguments.test:
        raise ConfigError("--fold and --test both say what tests.", where="train", fix="Give one of them.")
    if len(arguments.data) != 1 or not Path(arguments.data[0]).is_dir():
        raise ConfigError(
            "--fold takes the folds of a data set, and this is none.",
            where=", ".join(arguments.data[:3]),
            fix="Import the files first: python -m seqdl_core import FILE... --out SET.",
        )


def _number(fold: str | None) -> int:
    """The fold that tests, from 1; 0 where none is asked for."""
    if fold is None:
        return 0
    if not (fold.isascii() and fold.isdigit() and int(fold)):
        raise ConfigError(
            f"There is no fold '{fold[:20]}'.", where="--fold", fix="Give a number from 1 on, or all to train for each."
        )
    return int(fold)


def _prepare(arguments: argparse.Namespace, place: Path, fold: int) -> "RunFolder":
    """A new run in a folder; with a fold its data set is one of its own, in which that fold tests."""
    from seqdl_core.commands._data import gather_data
    from seqdl_core.data.parts.resplit import resplit
    from seqdl_core.own_networks import architecture_named
    from seqdl_core.runs.folder import RunFolder
    from seqdl_core.runs.ordering import new_spec, split_settings
    from seqdl_core.runs.store import new_id

    architecture = architecture_named(arguments.architecture)
    own, training = split_settings(parse_assignments(arguments.set), architecture.config)
    RunFolder.check_free(place)
    made = next((folder for folder in (*reversed(place.parents), place) if not folder.exists()), place / "dataset")
    try:
        files = [Path(name) for name in arguments.data]
        test = Path(arguments.test) if arguments.test else None
        choices = chosen(arguments)
        if arguments.masked and not (len(files) == 1 and files[0].is_dir()):
            choices = {"task": "unlabelled", **choices}
        dataset = gather_data(files, test, place / "dataset", choices)
        if fold:
            dataset = resplit(dataset, place / "dataset", "folds", {"fold": fold})
        spec = new_spec(
            run_id=new_id(),
            owner="local",
            name=arguments.name,
            architecture=architecture.name,
            architecture_config=own,
            training=training,
            dataset=dataset,
            data="dataset" if dataset.folder == place / "dataset" else None,
            jaspar=arguments.jaspar,
            fold=fold,
            task="masked" if arguments.masked else "",
        )
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    place.mkdir(parents=True, exist_ok=True)
    run = RunFolder(place)
    run.write_spec(spec)
    return run


def _show(result: Any) -> str:
    if result.get("state") == "helped":
        return "Took part in the training; the first process tells of it."
    if result.get("state") == "not told":
        return "There was nothing to do."
    from seqdl_core.commands._folds import show_turns
    from seqdl_core.commands._runs import show_summary

    return show_turns(result) if "folds" in result else show_summary(result)


COMMAND = Command(
    name="train",
    help="Train a model on data and judge it on the test part, or do a run that waits in a folder.",
    add_arguments=_add_arguments,
    run=_run,
    show=_show,
)
