"""SeqDL's core: deep learning on DNA, RNA and protein sequences.

Start with :mod:`seqdl_core.sequences` (letters to numbers), then :mod:`seqdl_core.data` (numbers to datasets),
:mod:`seqdl_core.models` (networks) and :mod:`seqdl_core.training` (the loop). Nothing in here knows the web pages.
"""

__version__ = "0.1.0"
