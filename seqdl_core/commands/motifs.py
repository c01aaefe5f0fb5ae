"""``motifs``: what the filters of a model's first layer learned, matched to JASPAR."""

import argparse
from pathlib import Path
from typing import Any

from seqdl_core.commands import Command, say
from seqdl_core.commands._sources import add_ambiguous


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="a run folder, a model file or the name of a pretrained model")
    parser.add_argument(
        "--sequences", required=True, metavar="FILE", help="sequences that hold sites, best unseen ones"
    )
    parser.add_argument("--out", metavar="FILE.meme", help="write the motifs in the MEME format as well")
    parser.add_argument("--seed", type=int, default=1, help="draws the shuffles that the sequences are compared with")
    add_ambiguous(parser)


def _run(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    from seqdl_core.commands._sources import load_sequences, resolve_model
    from seqdl_core.errors import DataError
    from seqdl_core.interpretation.reports import explain_filters
    from seqdl_core.runs.results import why_not_explained
    from seqdl_core.sequences.motifs import write_meme
    from seqdl_core.sizing import load_to_score

    model = load_to_score(resolve_model(arguments.model))
    why = why_not_explained(model)
    if why:
        raise DataError(why, where=arguments.model, fix="Choose a model with filters and one output a sequence.")
    loaded = load_sequences(Path(arguments.sequences), model, arguments.ambiguous)
    if loaded.labels is None:
        say("All sequences count as positives; one dinucleotide shuffle of each is the other class.")
    else:
        say(f"{int(loaded.labels.sum()):,} of {len(loaded.ids):,} sequences are labelled positive.")
    say("The first matching after an installation takes a minute or two longer.")
    reports = explain_filters(model, loaded.codes, loaded.labels, seed=arguments.seed)
    if arguments.out:
        write_meme(Path(arguments.out), [report.motif for report in reports if report.motif is not None])
    return [
        {
            "filter": report.filter,
            "consensus": report.motif.consensus if report.motif is not None else "",
            "sites": report.motif.sites if report.motif is not None else 0,
            "information": round(report.information, 3),
            "influence": round(report.influence, 6),
            "fires_in_positives": round(report.fires_in_positives, 4),
            "fires_in_negatives": round(report.fires_in_negatives, 4),
            "same_as": report.same_as,
            "matches": [
                {"id": match.id, "name": match.name, "family": match.family, "p": match.p, "q": match.q}
                for match in report.matches
            ],
        }
        for report in reports
    ]


def _show(rows: list[dict[str, Any]]) -> str:
    lines = ["filter\tinfluence\tfires\tconsensus\tmatch\tq"]
    for row in rows:
        best = row["matches"][0] if row["matches"] else None
        match = f"{best['name']} {best['id']}\t{best['q']:.1e}" if best else "\t"
        lines.append(
            f"{row['filter']}\t{row['influence']:.3f}\t{row['fires_in_positives']:.2f}\t{row['consensus']}\t{match}"
        )
    return "\n".join(lines)


COMMAND = Command(
    name="motifs",
    help="Show what the first layer's filters learned, with the known motifs they look like.",
    add_arguments=_add_arguments,
    run=_run,
    show=_show,
)
