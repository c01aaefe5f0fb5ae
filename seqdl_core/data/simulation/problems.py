"""What is wrong with the settings of a simulation, each problem beside the setting that it is about.

    >>> problems_of({"spacing": "gap -3"})["spacing"].what
    "'spacing' cannot be 'gap -3'."

:func:`seqdl_core.data.simulation.simulate.simulate_by` raises the same problems, one at a time; a form shows them all
at once.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from seqdl_core.config import parse
from seqdl_core.data.simulation.arrangement import read_range
from seqdl_core.data.simulation.backgrounds import Background, composition_of
from seqdl_core.data.simulation.grammar import ways_of
from seqdl_core.data.simulation.planting import read_motifs
from seqdl_core.data.simulation.rules import Simulation
from seqdl_core.data.simulation.simulate import arrangement_of
from seqdl_core.errors import SeqDLError
from seqdl_core.sequences.alphabets import alphabet_named

T = TypeVar("T")


def problems_of(values: Mapping[str, Any], *, given: bool = False) -> dict[str, SeqDLError]:
    """The problems of these settings, as they were typed, by setting; empty where a simulation can begin.

    What depends on a setting that cannot be read is not looked at.

    Args:
        given: whether there are sequences to make a background from.
    """
    found: dict[str, SeqDLError] = {}

    def attempt(name: str, work: Callable[[], T]) -> T | None:
        try:
            return work()
        except SeqDLError as problem:
            found.setdefault(name, problem)
            return None

    for name, value in values.items():
        attempt(name, partial(parse, Simulation, {name: value}, where="simulation"))
    settings = parse(Simulation, {name: value for name, value in values.items() if name not in found})
    alphabet = alphabet_named(settings.alphabet)
    attempt("composition", partial(composition_of, settings.composition, alphabet))
    attempt("copies", partial(read_range, settings.copies, "copies", 1))
    if settings.spacing.strip():
        attempt("spacing", partial(read_range, settings.spacing, "spacing", 0))
    if settings.background != "random" and (not given or settings.alphabet == "protein"):
        example = [alphabet.letters * settings.length] if given else []
        attempt("background", partial(Background, settings.background, alphabet, settings.length, given=example))
    motifs = None
    if not {"motifs", "threshold"} & found.keys():
        motifs = attempt("motifs", partial(read_motifs, settings.motifs, alphabet, settings.threshold))
    if motifs is None:
        return found
    names = [motif.name for motif in motifs]
    present = [(True,) * len(motifs)]
    if settings.logic and "logic" not in found:
        ways = attempt("logic", partial(ways_of, settings.logic, names))
        present = [*ways[0], *ways[1]] if ways else []
    if {"copies", "spacing", "orientation", "length", "logic"} & found.keys():
        return found
    try:
        arrangement = arrangement_of(settings, motifs, alphabet)
    except SeqDLError as problem:
        found.setdefault(problem.where, problem)
        return found
    for combination in present:
        attempt("length", partial(arrangement.require_room, combination, names))
    return found
