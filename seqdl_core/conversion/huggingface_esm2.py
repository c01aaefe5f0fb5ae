"""ESM-2 as a language model: which residue stands at a hidden place. What becomes of each tensor: :mod:`._esm2`."""

from seqdl_core.conversion import Converter, Translated, Wish
from seqdl_core.conversion._esm2 import LICENCE, READS, SOURCE, translate
from seqdl_core.sequences.alphabets import PROTEIN


def _translate(wish: Wish) -> Translated:
    return translate(wish, "masked")


CONVERTER = Converter(
    name="huggingface-esm2",
    title="ESM-2, a protein language model, as Hugging Face has it",
    architecture="esm2",
    reads=READS,
    source=SOURCE,
    licence=LICENCE,
    task="masked",
    length=1022,
    translate=_translate,
    alphabet="protein",
    label_names=tuple(PROTEIN.letters),
)
