"""Plain loops over bytes, compiled by numba when they are first called.

numba takes a second to import and a second or more to compile a function, so nothing of it happens at import. What was
compiled is kept on disk beside the module, so a second process does not compile again.
"""

import inspect
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

_WORTH_A_THREAD = 500_000
_MOST_THREADS = 4


@cache
def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The machine code of a function that uses numbers and arrays only; it runs without holding Python's lock."""
    import numba

    plain = inspect.unwrap(function)  # tests wrap every function to check its annotations
    machine_code: Callable[..., Any] = numba.njit(cache=True, nogil=True)(plain)
    return machine_code


def share_rows(work: Callable[[int, int], None], rows: int, letters: int) -> None:
    """Call ``work(first, last)`` for stretches that cover all rows, on several threads where there is much to do.

    The threads end with the call, so a process may fork before and after it; numba's own threads would not allow that.
    """
    threads = min(rows, letters // _WORTH_A_THREAD, _MOST_THREADS, _allowed_threads())
    if threads < 2:
        work(0, rows)
        return
    ends = [rows * number // threads for number in range(threads + 1)]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, ends[:-1], ends[1:]))


def _allowed_threads() -> int:
    """The cores this process may use, and no more than OMP_NUM_THREADS says where it is set."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    told = os.environ.get("OMP_NUM_THREADS", "")
    return min(cores, int(told)) if told.isdigit() and int(told) else cores
