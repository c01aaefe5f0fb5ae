"""ESM-2 with its contact head: which residues touch. What becomes of each tensor: :mod:`._esm2`."""

from seqdl_core.conversion import Converter, Translated, Wish
from seqdl_core.conversion._esm2 import LICENCE, READS, SOURCE, translate


def _translate(wish: Wish) -> Translated:
    return translate(wish, "contacts")


CONVERTER = Converter(
    name="huggingface-esm2-contacts",
    title="ESM-2's contact map, as Hugging Face has it",
    architecture="esm2",
    reads=READS,
    source=SOURCE,
    licence=LICENCE,
    task="contacts",
    length=1022,
    translate=_translate,
    alphabet="protein",
    target_names=("contact",),
)
