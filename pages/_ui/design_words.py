"""How architectures and what they take read on the Design page: short text, ready for Markdown."""

from typing import TYPE_CHECKING

from seqdl_core.errors import SeqDLError
from seqdl_core.figures.text import count, markdown, plural, size
from seqdl_core.own_networks import title
from seqdl_core.sequences.alphabets import ALPHABETS, alphabet_named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seqdl_core.data.dataset import DatasetInfo
    from seqdl_core.models import Architecture
    from seqdl_core.sizing.devices import Device

_NEEDS = {
    "tracks": "values in bins along each sequence: import intervals, their genome and a bigWig or bedGraph file, and "
    "choose *Values along each sequence* as the task.",
    "contacts": "pairs of positions: import structures of RNA, and choose *Pairs of positions* as the task.",
    "residues": "a class for each position: import labels as long as the sequences.",
}
"""What networks of one task learn from, for people whose data are of another."""

_FEW = 100
MEMORY = "Memory is what training adds; SeqDL itself takes about 500 MB more. The page of the run tells what it took."
"""A training process holds 430 MB with torch before it trains, and 70 MB of modules that follow the network through a
step (torch 2.13, Linux, 2026-11-23)."""


def architecture_label(one: "Architecture") -> str:
    """A line of the architecture list: name, and why it stands out."""
    badge = " :violet-badge[recommended]" if one.recommended else f" :gray-badge[{one.year}]" if one.year else ""
    return f"`{title(one.name)}`{badge}"


def architecture_caption(one: "Architecture", misfit: SeqDLError | None, parameters: int) -> str:
    """The lines under it: what it does, and its size (where known) or why it does not take these sequences."""
    below = markdown(misfit.what) if misfit else plural(parameters, "parameter") if parameters else ""
    return markdown(one.summary) + (f"  \n{below}" if below else "")


def not_found(asked: str, info: "DatasetInfo", elsewhere: "Sequence[Architecture]") -> str:
    """Why a search found nothing among the networks for this data.

    Args:
        elsewhere: the networks of that name that learn from other data.
    """
    if not elsewhere:
        return f"No architecture here is called or does “{markdown(asked, 40)}”; these are all."
    one = elsewhere[0]
    if info.alphabet not in one.alphabets:
        kinds = {name: "proteins" if name == "protein" else alphabet_named(name).title for name in ALPHABETS}
        read = " and ".join(kinds[name] for name in one.alphabets)
        return f"`{title(one.name)}` reads {read}, and these sequences are {kinds[info.alphabet]}."
    needs = _NEEDS.get(one.tasks[0], "data with other labels.")
    return f"`{title(one.name)}` needs {needs}"


def device_line(taken: "Device", others: "Sequence[Device]") -> str:
    """``Trains on the processor, AMD EPYC, with 20 GB of memory free. No GPU was found.`` (Markdown)."""
    said = f"Trains on {_device(taken)}."
    if not others and taken.kind == "cpu":
        return f"{said} No GPU was found."
    return f"{said} Under Training settings it can be {' or '.join(map(_device, others))} instead." if others else said


def _device(one: "Device") -> str:
    name = markdown(one.name, 60)
    what = f"the processor, {name}," if one.kind == "cpu" else f"the GPU {name}"
    return f"{what} with {size(one.room.free)} of memory free"


def few_sequences(info: "DatasetInfo") -> str:
    """What to expect of a network that learns from so few sequences; "" where there are enough."""
    number = info.counts.get("train", 0)
    if number >= _FEW:
        return ""
    more = " Bring more of the same family or organism." if info.task == "masked" else " Bring more."
    return (
        f"{plural(number, 'training sequence')}: from under {_FEW} a network learns them by heart and little that "
        f"holds for others, and its figures will swing by chance.{more}"
    )


def preset_line(one: "Architecture", preset: str) -> str:
    """What a preset is meant for; "" where there is nothing to say."""
    if preset:
        return f"{preset.capitalize()}: trains in minutes on a laptop, and is enough to begin with."
    if one.published is not None:
        made = one.published
        outputs = "hidden letters" if made.of_letters else plural(made.targets, "target")
        return f"Published: the paper's sizes, made for {count(made.length)} {made.alphabet.unit} and {outputs}."
    if one.recommended and not one.presets:
        return "No presets: these settings are the small ones already, made for a few thousand sequences."
    return ""


def operations(number: int) -> str:
    """How many multiplications and additions: ``18.7 million``."""
    for scale, unit in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if number >= scale:
            return f"{number / scale:.3g} {unit}"
    return count(number)


def file_size(parameters: int) -> str:
    """The size of the weights on disk, 4 bytes each."""
    return f"{size(4 * parameters)} file"
