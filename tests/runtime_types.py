"""The checker that holds every annotation of the core, shapes included, to its word while tests run."""

from beartype import BeartypeConf, beartype

check = beartype(conf=BeartypeConf(is_pep484_tower=True))
