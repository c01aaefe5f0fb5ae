"""``simulate``: an example data set from JASPAR motifs, for people who have no data of their own yet."""

import argparse
from pathlib import Path
from typing import Any

from seqdl_core.commands import Command, say


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--motifs",
        default="MA0028,MA0083",
        metavar="ID,ID",
        help="JASPAR ids or factors, separated by commas; the first is planted in most positives, each further one in "
        "half of them (default: MA0028,MA0083, which are ELK1 and SRF)",
    )
    parser.add_argument("--sequences", type=int, default=4000, metavar="N", help="half are positives (default: 4000)")
    parser.add_argument("--length", type=int, default=101, help="of each sequence in bp (default: 101)")
    parser.add_argument("--seed", type=int, default=1, help="draws sequences, sites and shuffles (default: 1)")
    parser.add_argument(
        "--out", required=True, metavar="DATASET", help="the folder to write; it must not hold anything"
    )


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    from seqdl_core.data.simulation import simulate
    from seqdl_core.errors import ConfigError

    motifs = [name.strip() for name in arguments.motifs.split(",") if name.strip()]
    for flag, value, least in (("sequences", arguments.sequences, 8), ("seed", arguments.seed, 0)):
        if value < least:
            raise ConfigError(f"--{flag} cannot be {value}.", where="simulate", fix=f"Give {least} or more.")
    if not motifs:
        raise ConfigError("--motifs names no motif.", where="simulate", fix="Give JASPAR ids, such as MA0028.")
    dataset = simulate(Path(arguments.out), motifs, arguments.sequences, arguments.length, arguments.seed)
    info = dataset.info
    say("These are simulated sequences; a model of them says nothing about a real factor.")
    return {
        "dataset": str(dataset.folder),
        "name": info.name,
        "hash": dataset.hash,
        "length": info.length,
        "counts": info.counts,
        "positives": info.positives,
        "motifs": info.truth["motifs"],
        "seed": arguments.seed,
    }


def _show(result: Any) -> str:
    parts = ", ".join(
        f"{count:,} {part} ({result['positives'][part]:,} positives)" for part, count in result["counts"].items()
    )
    return f"{result['name']}: {parts}\n{result['dataset']}"


COMMAND = Command(
    name="simulate",
    help="Make an example data set from JASPAR motifs.",
    add_arguments=_add_arguments,
    run=_run,
    show=_show,
)
