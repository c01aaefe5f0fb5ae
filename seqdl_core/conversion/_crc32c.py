"""CRC-32C of long byte strings with numpy: the checksum by which TensorFlow's and LevelDB's files know damage.

A cyclic redundancy check reads its input as a polynomial over two elements and keeps the remainder of a division (here
by Castagnoli's polynomial; RFC 3720, appendix B.4, has the examples that the tests compare with). Byte after byte this
is a loop of a table look-up each, too slow in Python for a gigabyte. It is linear, though: the input is cut into lanes
of equal length whose remainders are taken side by side, four bytes at once, and two neighbours ``a`` and ``b`` join as

    crc(a then b) = (crc(a) moved on by len(b) zero bytes) xor crc(b)

where moving on is linear as well: it is kept as what becomes of each of the 32 bits.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint32]

_POLYNOMIAL = 0x82F63B78  # Castagnoli's, lowest bit first
_LANE = 256
_MASK_DELTA = 0xA282EAD8


def crc32c(data: bytes | bytearray) -> int:
    """The checksum of ``data``; 0xE3069283 for the nine digits ``123456789``."""
    whole = np.frombuffer(data, np.uint8)
    head, lanes = len(whole) % _LANE, len(whole) // _LANE
    remainder = _after_bytes(np.full(1, 0xFFFFFFFF, np.uint32), whole[:head])
    if lanes:
        words = whole[head:].view("<u4").reshape(lanes, -1).T.copy()
        words[0, 0] ^= remainder[0]  # what was before the first lane goes on in it; the others start with nothing
        remainder = _join(_after_words(words))
    return int(remainder[0]) ^ 0xFFFFFFFF


def unmasked(stored: int) -> int:
    """The checksum behind a stored one: LevelDB and TensorFlow turn it and add a number before they write it down."""
    turned = (stored - _MASK_DELTA) & 0xFFFFFFFF
    return ((turned >> 17) | (turned << 15)) & 0xFFFFFFFF


def _after_bytes(remainders: Words, column: NDArray[np.uint8]) -> Words:
    """Each remainder after these bytes."""
    table = _table()
    for byte in column:
        remainders = table[(remainders ^ byte) & 0xFF] ^ (remainders >> 8)
    return remainders


def _after_words(rows: Words) -> Words:
    """The remainder of each column, four bytes a row."""
    low, high = _tables_of_halves()
    remainders: Words = np.zeros_like(rows[0])
    for row in rows:
        remainders ^= row
        remainders = low.take(remainders & 0xFFFF) ^ high.take(remainders >> 16)
    return remainders


def _join(lanes: Words) -> Words:
    """The remainder of all lanes one behind the other: neighbours join in pairs until one is left."""
    bits: Words = np.uint32(1) << np.arange(32, dtype=np.uint32)
    move = _after_bytes(bits, np.zeros(_LANE, np.uint8))
    while len(lanes) > 1:
        if len(lanes) % 2:  # nothing in front changes nothing
            lanes = np.concatenate([np.zeros(1, np.uint32), lanes])
        lanes = _moved(lanes[0::2], move) ^ lanes[1::2]
        move = _moved(move, move)
    return lanes


def _moved(words: Words, move: Words) -> Words:
    """Each word moved on; ``move`` says what becomes of each of its 32 bits."""
    result = np.zeros_like(words)
    for bit, image in enumerate(move):
        result ^= ((words >> np.uint32(bit)) & np.uint32(1)) * image
    return result


@cache
def _table() -> Words:
    """What becomes of each value of a byte when it is shifted out."""
    table: Words = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = (table >> np.uint32(1)) ^ (table & np.uint32(1)) * np.uint32(_POLYNOMIAL)
    return table


@cache
def _tables_of_halves() -> tuple[Words, Words]:
    """What becomes of each value of a word's lower and of its upper half when the word is shifted out."""
    half, word = np.arange(1 << 16, dtype=np.uint32), np.zeros(4, np.uint8)
    return _after_bytes(half, word), _after_bytes(half << np.uint32(16), word)
