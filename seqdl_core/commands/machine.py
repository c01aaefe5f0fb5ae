"""``machine``: measure how fast this machine computes, for the time that an epoch will take."""

import argparse
from typing import Any

from seqdl_core.commands import Command


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--named", default="", help="a name for this machine, to tell its answer from another's")


def _run(_: argparse.Namespace) -> dict[str, Any]:
    import torch

    from seqdl_core.runs.slots import threads
    from seqdl_core.sizing import measure_machine
    from seqdl_core.sizing.devices import chosen, devices

    torch.set_num_threads(threads())
    there = [{"kind": one.kind, "name": one.name, "free": one.room.free, "total": one.room.total} for one in devices()]
    return measure_machine().model_dump() | {"devices": there, "taken": chosen("auto").kind}


def _show(result: Any) -> str:
    return "\n".join(
        f"{name:<16} {value:>12} {unit}"
        for name, value, unit in (
            ("convolutions", f"{result['convolution'] / 1e9:,.1f}", "GFLOP/s"),
            ("matrix products", f"{result['product'] / 1e9:,.1f}", "GFLOP/s"),
            ("recurrences", f"{result['recurrent'] / 1e9:,.1f}", "GFLOP/s"),
            ("moving numbers", f"{result['moving'] / 1e9:,.1f}", "GB/s"),
            ("one operation", f"{result['start'] * 1e6:,.1f}", "µs"),
            ("threads", f"{result['threads']}", ""),
        )
    ) + "".join(
        f"\n{one['kind']:<16} {one['free'] / 1e9:>12,.1f} GB free of {one['total'] / 1e9:,.1f}: {one['name']}"
        f"{' (taken unless another is asked for)' if one['kind'] == result['taken'] else ''}"
        for one in result["devices"]
    )


COMMAND = Command(
    name="machine",
    help="Measure how fast this machine computes; the time of an epoch is predicted from it.",
    add_arguments=_add_arguments,
    run=_run,
    show=_show,
)
