"""``leaks``: which test sequences have copies in training or validation, and how much that flatters."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqdl_core.commands import Command, report
from seqdl_core.errors import ConfigError, SeqDLError

if TYPE_CHECKING:
    from seqdl_core.data.dataset import Dataset
    from seqdl_core.data.leaks.leakage import Leaks

_SHOWN = 3


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dataset", metavar="DATASET", help="a data set folder with a training and a test part")
    parser.add_argument(
        "--identity",
        type=float,
        default=0.8,
        help="the share of equal letters from which two sequences are near copies, 0.6 to 1 (default: 0.8)",
    )
    parser.add_argument("--pairs", type=int, default=100, metavar="N", help="pairs to name (default: 100)")
    parser.add_argument("--no-score", action="store_true", help="do not train the k-mer baseline both ways")
    parser.add_argument("--seed", type=int, default=1, help="draws the bootstrap (default: 1)")


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    from seqdl_core.data.dataset import Dataset
    from seqdl_core.data.leaks.compiling import SENTENCE, is_compiled
    from seqdl_core.data.leaks.leakage import find_all_leaks

    for flag, value in (("pairs", arguments.pairs), ("seed", arguments.seed)):
        if value < 0:
            raise ConfigError(f"--{flag} cannot be {value}.", where="leaks", fix="Give 0 or more.")
    dataset = Dataset.open(Path(arguments.dataset))
    if not is_compiled():
        report(0.0, SENTENCE)
    leaks, *besides = found = find_all_leaks(dataset.table, dataset.alphabet, arguments.identity)
    pairs = [pair | {"held_part": one.held_part, "known_part": one.known_part}
             for one in found for pair in one.pairs.head(arguments.pairs).to_dict(orient="records")]  # fmt: skip
    return {
        "sentence": leaks.sentence,
        "test_rows": leaks.test_rows,
        "held": leaks.held,
        "known": leaks.known,
        "training_rows": int(leaks.sources.sum()),
        "kinds": leaks.kinds,
        "identity": leaks.rule.identity,
        "rule": leaks.rule.text,
        "alike": leaks.alike,
        "shared_letters": leaks.shared,
        "seconds": round(sum(one.seconds for one in found), 3),
        "pairs": pairs[: arguments.pairs],
        "besides": [
            {
                "held_part": one.held_part,
                "known_part": one.known_part,
                "sentence": one.sentence,
                "rows": one.test_rows,
                "held": one.held,
                "known": one.known,
                "kinds": one.kinds,
            }
            for one in besides
        ],
        "inflation": None if arguments.no_score else _inflation(dataset, leaks, arguments.seed),
        "shown": _side_by_side(dataset, pairs[:_SHOWN]),
    }


def _inflation(dataset: "Dataset", leaks: "Leaks", seed: int) -> dict[str, Any]:
    """What the baseline gains, or why that cannot be told; the pairs stand either way."""
    from dataclasses import asdict

    from seqdl_core.evaluation.inflation import measure_inflation

    try:
        return asdict(measure_inflation(dataset.table, dataset.info, leaks, seed))
    except SeqDLError as problem:
        return {"sentence": str(problem)}


def _side_by_side(dataset: "Dataset", pairs: Sequence[Mapping[str, Any]]) -> list[str]:
    from seqdl_core.data.leaks.alignment import align_pair, pair_text

    sequences = dataset.table["sequence"]
    texts = []
    for pair in pairs:
        two = (sequences.iloc[pair["test_row"]], sequences.iloc[pair["train_row"]])
        found = align_pair(*two, dataset.alphabet, pair["strand"])
        letters = pair_text(found.first, found.marks, found.second)
        texts.append(f"{pair['kind']}: {pair['test']} and {pair['train']}\n{letters}")
    return texts


def _show(result: Any) -> str:
    lines = [result["sentence"], *(one["sentence"] for one in result["besides"])]
    if result["inflation"]:
        lines.append(result["inflation"].get("scores") or result["inflation"]["sentence"])
    return "\n\n".join([*lines, *result["shown"]])


COMMAND = Command(
    name="leaks",
    help="Find test sequences with copies in training or validation: the same, turned, overlapping or nearly the same.",
    add_arguments=_add_arguments,
    run=_run,
    show=_show,
)
