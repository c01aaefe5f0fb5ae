"""bigWig: a track of numbers along a genome, binary. It makes no rows; it gives values to intervals."""

import numpy as np
import pandas as pd

from seqdl_core.sequences.readers import BinaryFile, RawTable, Reader


def recognises_bytes(head: bytes) -> bool:
    """Whether the file begins with bigWig's number, in either byte order."""
    return head[:4] in (b"\x26\xfc\x8f\x88", b"\x88\x8f\xfc\x26")


def read_binary(file: BinaryFile, layout: str = "auto") -> RawTable:
    """The contigs of the track (``chrom``, ``size``); :class:`seqdl_core.sequences.tracks.Track` reads its values."""
    from seqdl_core.sequences.bbi import BinaryTrack

    del layout  # bigWig has only one
    contigs = BinaryTrack(file.path, file.name).contigs
    cells = pd.DataFrame({"chrom": list(contigs), "size": [str(size) for size in contigs.values()]}, dtype=str)
    return RawTable(file, "bigwig", cells, np.ones(len(contigs), np.int64), kind="track", one_based=False)


READER = Reader(name="bigwig", title="bigWig", order=3, recognises_bytes=recognises_bytes, read_binary=read_binary)
