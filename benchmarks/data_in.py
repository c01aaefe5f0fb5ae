"""Data in: what SeqDL reads, refuses and splits, and how fast, beside its peers in the same run.

The parts are ``_layouts`` (files that people hold), ``_layouts_field`` (the same by another hand), ``_corpora`` (valid
and broken files of each format), ``_fuzz`` (mutated files), ``_windows`` (stretches of a genome), ``_leaks`` (the leak
meter), ``_speed`` (FASTA, one-hot, shuffles) and ``_large`` (a FASTA file of 2 GB). Each offers its ``MEASUREMENTS``.
"""

import importlib
import importlib.util
import sys

from benchmarks import Measurement, main

PARTS = ("_layouts", "_layouts_field", "_corpora", "_fuzz", "_speed", "_windows", "_leaks", "_large")


def measurements() -> tuple[Measurement, ...]:
    """What all parts measure, in their order."""
    found: list[Measurement] = []
    for part in PARTS:
        if importlib.util.find_spec(f"benchmarks.{part}") is not None:
            found += importlib.import_module(f"benchmarks.{part}").MEASUREMENTS
    return tuple(found)


if __name__ == "__main__":
    sys.exit(main(__doc__.splitlines()[0], measurements()))
