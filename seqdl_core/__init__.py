"""SeqDL's core: deep learning on DNA, RNA and protein sequences.

Start with :mod:`seqdl_core.sequences` (letters to numbers), then :mod:`seqdl_core.data` (numbers to datasets),
:mod:`seqdl_core.models` (networks) and :mod:`seqdl_core.training` (the loop). Nothing in here knows the web pages.
"""

import os

__version__ = "0.1.0"

# The one effect at import, because OpenMP reads it when torch is loaded and never again: idle threads sleep instead of
# spinning. With another busy process on the same two cores, training was seven to eight times faster (2026-11-23).
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
