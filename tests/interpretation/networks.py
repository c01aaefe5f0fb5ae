"""The networks of the registry that score a whole sequence of DNA, in a size that a test can explain."""

from seqdl_core.model_file import Model, ModelCard, build_network
from seqdl_core.models import ARCHITECTURES, InputShape
from seqdl_core.sequences.alphabets import DNA

LENGTH = 60
"""The shortest sequences that all of them take."""

EXPLAINED = [one.name for one in ARCHITECTURES if "dna" in one.alphabets and "binary" in one.tasks]


def untrained(name: str) -> Model:
    """A network of this architecture, its small preset where it has one, with random weights."""
    architecture = ARCHITECTURES.get(name)
    config = architecture.presets.get("small") or architecture.config()
    network = build_network(architecture, config, InputShape(DNA, LENGTH), seed=1)
    return Model(network, ModelCard(architecture=name, alphabet="dna", task="binary", length=LENGTH))
