"""The search for copies is compiled by numba at its first use on a computer; here that is foreseen, or done ahead."""

from pathlib import Path

import numpy as np
import pandas as pd

SENTENCE = "Compiling the search for copies; this happens once on this computer and takes some 15 seconds"
"""13 s on two cores of a cloud computer, 2026-11-23; every later search finds what was compiled."""

_ROWS = 60
_FLANK = "ACGGTCATTGCAACTGGACT"


def is_compiled() -> bool:
    """Whether the machine code lies on disk already, no older than the source it was made from."""
    from seqdl_core.data.leaks import _sketches, shared_letters

    for module, function in ((_sketches, _sketches.search), (shared_letters, shared_letters._masked)):
        source = Path(str(module.__file__))
        first_line = function.py_func.__code__.co_firstlineno
        # numba names an index of its cache so, and lays it where ``stats`` says.
        pattern = f"{source.stem}.{function.__name__}-{first_line}.py*.nbi"
        made = [path.stat().st_mtime for path in Path(function.stats.cache_path).glob(pattern)]
        if not made or max(made) < source.stat().st_mtime:
            return False
    return True


def compile_search() -> None:
    """Search among a few made-up sequences, so that every function is compiled and kept for later processes."""
    from seqdl_core.data.leaks.leakage import find_leaks
    from seqdl_core.sequences.alphabets import DNA

    drawn = np.random.default_rng(1).choice(list("ACGT"), size=(_ROWS, 60))
    training = [_FLANK + "".join(row) + _FLANK for row in drawn]
    held = [row[:40] + row[41:50] + "A" + row[51:] for row in training[:10]]
    table = pd.DataFrame(
        {
            "id": [str(number) for number in range(_ROWS + len(held))],
            "sequence": training + held,
            "split": ["train"] * _ROWS + ["test"] * len(held),
        }
    )
    find_leaks(table, DNA)
