"""How far a network sees, and what it answers, in words: for the Design page."""

from typing import TYPE_CHECKING

from seqdl_core.figures.text import count

if TYPE_CHECKING:
    from seqdl_core.anatomy import Anatomy
    from seqdl_core.data.dataset import DatasetInfo

_LITTLE = 0.05
"""Who sees less than a twentieth of the sequence is warned of it."""

_ANSWERS = {
    "binary": "sigmoid", "multiclass": "softmax", "multilabel": "sigmoid each", "regression": "values",
    "residues": "softmax at each position", "masked": "softmax at each position", "tracks": "expected counts",
    "contacts": "sigmoid of each pair",
}  # fmt: skip
_EACH = {"residues": "position", "masked": "position", "tracks": "bin", "contacts": "pair of positions"}
"""What has a score of its own; a sequence where nothing is said."""

_WHOLE = {
    "recurrent": "The recurrent layer carries what it read along the whole sequence",
    "attention": "Attention relates every place to every other",
    "dense": "A dense layer has a weight for each place",
}


def answer(info: "DatasetInfo") -> str:
    """What becomes of the raw scores at the output: ``sigmoid``."""
    task = "masked" if info.task == "unlabelled" else info.task
    if task == "regression" and len(info.targets) < 2:
        return "value"
    return _ANSWERS[task]


def badge(anatomy: "Anatomy", length: int) -> tuple[str, str, str]:
    """How the receptive field suits the sequences: text, colour, icon."""
    seen = anatomy.receptive_field
    if anatomy.whole:
        return "whole sequence", "green", "check"
    if seen is None:
        return "one place at a time", "orange", "info"
    if seen > length:
        return "wider than your sequences", "orange", "info"
    if seen < _LITTLE * length:
        return "narrow for your sequences", "orange", "info"
    return "fits", "green", "check"


def told(anatomy: "Anatomy", info: "DatasetInfo", unit: str, *, short: bool = False) -> str:
    """What stands over the bar; ``short`` leaves out who sees it."""
    seen = anatomy.receptive_field
    if seen is None:
        return "the whole sequence" if anatomy.whole else f"one {unit} at a time"
    width = f"{count(seen)} {unit}"
    if anatomy.whole:
        return f"{width}, then all" if short else f"{width} by convolutions alone, then all"
    each = _EACH.get(_task(info))
    if short:
        return width
    if each:
        return f"{width} count for each {each}"
    convolution = any(one.kind == "conv" for one in anatomy.layers)
    return f"{width} seen by one unit of the last convolution" if convolution else f"{width} seen at once"


def sentence(anatomy: "Anatomy", info: "DatasetInfo", unit: str) -> str:
    """What the receptive field means for these sequences."""
    seen, each = anatomy.receptive_field, _EACH.get(_task(info))
    width = f"{count(seen)} {unit}" if seen else f"one {unit}"
    if anatomy.whole:
        before = f"The convolutions alone reach {width}. " if seen else ""
        return f"{before}{_WHOLE[anatomy.whole]}, so {f'each {each}' if each else 'the score'} depends on all of it."
    wider = seen is not None and seen > info.length
    if each:
        around = f"The score of each {each} depends on the {width} around it"
        if wider:
            return f"{around}, which is more than your sequences have; a smaller network may do as well."
        return f"{around}; what lies farther away does not count."
    if wider:
        return f"One unit sees {width}, more than your sequences have; a smaller network may do as well."
    pairs = f"One unit covers a site, and pairs of sites up to {width} apart. " if seen else ""
    return (
        f"{pairs}Gathering over the whole sequence then lets a site count wherever it is"
        f"{'; how sites stand to each other farther apart, it cannot tell' if seen and seen < info.length else ''}."
    )


def reach(anatomy: "Anatomy", length: int, unit: str) -> str:
    """In a table: ``46 bp of 101``."""
    if anatomy.whole or anatomy.receptive_field is None:
        return "whole sequence" if anatomy.whole else "–"
    return f"{count(anatomy.receptive_field)} {unit} of {count(length)}"


def _task(info: "DatasetInfo") -> str:
    return "masked" if info.task == "unlabelled" else info.task
