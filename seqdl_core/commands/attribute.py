"""``attribute``: what each letter of each sequence contributes, as arrays in an .npz file."""

import argparse
import io
from pathlib import Path
from typing import Any

from seqdl_core.commands import Command, say
from seqdl_core.commands._sources import add_ambiguous


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="a run folder, a model file or the name of a pretrained model")
    parser.add_argument("--sequences", required=True, metavar="FILE", help="FASTA or a table, compressed or not")
    parser.add_argument("--method", default="saliency", metavar="NAME", help="saliency (the default) or mutagenesis")
    parser.add_argument("--set", nargs="+", default=[], metavar="KEY=VALUE", help="settings of the method")
    parser.add_argument("--out", required=True, metavar="FILE.npz", help="where to write values, ids and sequences")
    add_ambiguous(parser)


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    import numpy as np

    from seqdl_core.commands._sources import load_sequences, resolve_model
    from seqdl_core.config import parse, parse_assignments
    from seqdl_core.errors import DataError
    from seqdl_core.files import replace_file
    from seqdl_core.interpretation.methods import METHODS
    from seqdl_core.sizing import load_to_score

    method = METHODS.get(arguments.method)
    config = parse(method.config, parse_assignments(arguments.set), where="--set")
    model = load_to_score(resolve_model(arguments.model))
    if model.task.output != "sequence":
        raise DataError(
            "Letters are weighed by what they do to the score of a sequence, and this model scores places in it.",
            where=f"a model of {model.task.title}",
            fix="Choose a model that scores whole sequences.",
        )
    loaded = load_sequences(Path(arguments.sequences), model, arguments.ambiguous)
    values = method.attribute(model, loaded.codes, config)
    # Text goes in as fixed-width Unicode, never as objects: numpy then reads it back without pickle.
    buffer = io.BytesIO()
    np.savez_compressed(buffer, values=values, ids=np.array(loaded.ids), sequences=np.array(loaded.sequences))
    out = Path(arguments.out)
    replace_file(out, buffer.getvalue())
    say(f"{len(loaded.ids):,} sequences explained by {method.name}.")
    return {
        "out": str(out),
        "method": method.name,
        "settings": config.model_dump(),
        "letters": model.alphabet.letters,
        "shape": list(values.shape),
    }


def _show(result: dict[str, Any]) -> str:
    sequences, letters, length = result["shape"]
    return (
        f"{result['out']}: values ({sequences:,} sequences, {letters} letters {result['letters']}, "
        f"{length:,} positions), ids, sequences"
    )


COMMAND = Command(
    name="attribute",
    help="Say what each letter of each sequence contributes to the score.",
    add_arguments=_add_arguments,
    run=_run,
    show=_show,
)
