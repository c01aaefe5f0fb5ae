"""``simulate``: data whose truth is known, made by rules about motifs; an example for people who have no data yet."""

import argparse
from pathlib import Path
from typing import Any

from seqdl_core.commands import Command, say
from seqdl_core.config import fields_of, parse
from seqdl_core.data.simulation.rules import Simulation

_PREFIX = "rule_"


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--motif",
        action="append",
        default=[],
        metavar="MOTIF",
        help="a JASPAR id or factor, or a motif that is typed: TGASTCA, AP1=TGASTCA, or a matrix with one row of "
        "numbers a position, 'mine=0.9 0 0.1 0/0.1 0.3 0.3 0.3'; once for each motif",
    )
    parser.add_argument("--motifs", metavar="ID,ID", help="the same for several, separated by commas")
    for field in fields_of(Simulation):
        if field.name == "motifs":
            continue
        default = ",".join(map(str, field.default)) if field.kind == "list" else field.default
        told = f" (default: {default})" if default not in ("", None) else ""
        flag = "--" + field.name.replace("_", "-")
        described = f"{field.help}{told}".replace("%", "%%")
        if field.kind == "bool":
            parser.add_argument(
                flag, dest=_PREFIX + field.name, action="store_const", const="true", help=described.split(" (def")[0]
            )
            continue
        metavar = "|".join(field.choices) or field.name.upper()
        parser.add_argument(flag, dest=_PREFIX + field.name, metavar=metavar, help=described)
    parser.add_argument(
        "--given",
        metavar="FILE",
        help="sequences, or the folder of a data set, that a shuffled or gc background is made from",
    )
    parser.add_argument(
        "--out", required=True, metavar="DATASET", help="the folder to write; it must not hold anything"
    )


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    from seqdl_core.data.simulation.simulate import simulate_by
    from seqdl_core.errors import ConfigError

    asked: dict[str, Any] = {
        name.removeprefix(_PREFIX): value
        for name, value in vars(arguments).items()
        if name.startswith(_PREFIX) and value is not None
    }
    motifs = [*arguments.motif, *(arguments.motifs or "").split(",")]
    motifs = [name.strip() for name in motifs if name.strip()]
    if arguments.motifs is not None and not motifs:
        raise ConfigError("--motifs names no motif.", where="simulate", fix="Give JASPAR ids, such as MA0028.")
    settings = parse(Simulation, {**asked, **({"motifs": motifs} if motifs else {})}, where="simulate")
    if arguments.given and settings.background == "random":
        raise ConfigError(
            "--given is what a shuffled or gc background is made from, and this background is random.",
            where="simulate",
            fix="Add --background shuffled or --background gc.",
        )
    given = _sequences(Path(arguments.given), settings.alphabet) if arguments.given else []
    dataset = simulate_by(Path(arguments.out), settings, given)
    info = dataset.info
    say("These are simulated sequences; a model of them says nothing about a real factor.")
    for notice in info.notices:
        say(f"Note: {notice.sentence}")
    return {
        "dataset": str(dataset.folder),
        "name": info.name,
        "hash": dataset.hash,
        "task": info.task,
        "length": info.length,
        "counts": info.counts,
        "positives": info.positives,
        "motifs": info.truth["motifs"],
        "seed": settings.seed,
    }


def _sequences(place: Path, alphabet: str) -> list[str]:
    """The sequences of a file or of a data set."""
    from seqdl_core.config import parse
    from seqdl_core.data.checks import clean_sequences
    from seqdl_core.data.choices import ImportChoices
    from seqdl_core.data.dataset import Dataset
    from seqdl_core.errors import DataError
    from seqdl_core.sequences.alphabets import alphabet_named
    from seqdl_core.sequences.readers import read_table

    if place.is_dir():
        dataset = Dataset.open(place)
        if dataset.info.alphabet != alphabet:
            raise DataError(
                f"The given sequences are {dataset.alphabet.title}, and {alphabet_named(alphabet).title} is simulated.",
                where=str(place),
                fix=f"Add --alphabet {dataset.info.alphabet}, or give other sequences.",
            )
        return list(dataset.table["sequence"].tolist())
    table = read_table(place)
    if not table.sequence_column:
        raise DataError("The file holds no sequences.", where=place.name, fix="Give FASTA or a table of sequences.")
    written = [str(cell) for cell in table.cells[table.sequence_column]]
    choices = parse(ImportChoices, {"alphabet": alphabet, "ambiguous": "unknown"})
    clean = clean_sequences(written, alphabet_named(alphabet), choices, table.where)
    if clean.problems:
        raise clean.problems[0]
    for told in clean.notices:
        say(f"Note: {told.sentence}")
    return list(clean.sequences)


def _show(result: Any) -> str:
    parts = ", ".join(
        f"{count:,} {part}" + (f" ({result['positives'][part]:,} positives)" if result["positives"] else "")
        for part, count in result["counts"].items()
    )
    return f"{result['name']}: {parts}\n{result['dataset']}"


COMMAND = Command(
    name="simulate",
    help="Make a data set whose truth is known: motifs planted by rules into a background.",
    add_arguments=_add_arguments,
    run=_run,
    show=_show,
)
