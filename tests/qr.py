"""Reads QR codes of versions 4 to 6 at level Q, as ISO/IEC 18004 describes them: enough for the labels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

Modules = Sequence[Sequence[int]]

# By version: where the centre of the alignment pattern lies, and how many data codewords each block has (table 9).
ALIGNED = {4: 26, 5: 30, 6: 34}
BLOCKS_AT_Q = {4: (24, 24), 5: (15, 15, 16, 16), 6: (19, 19, 19, 19)}
MASKS = (
    lambda row, column: (row + column) % 2 == 0,
    lambda row, column: row % 2 == 0,
    lambda row, column: column % 3 == 0,
    lambda row, column: (row + column) % 3 == 0,
    lambda row, column: (row // 2 + column // 3) % 2 == 0,
    lambda row, column: row * column % 2 + row * column % 3 == 0,
    lambda row, column: (row * column % 2 + row * column % 3) % 2 == 0,
    lambda row, column: ((row + column) % 2 + row * column % 3) % 2 == 0,
)
FORMAT_MASK, LEVEL_Q = 0b10101, 0b11


def read(modules: Modules) -> str:
    """Return the text of a code; nothing of it may be damaged."""
    version = (len(modules) - 17) // 4
    format_bits = int("".join(str(modules[8][column]) for column in range(5)), 2) ^ FORMAT_MASK
    assert format_bits >> 3 == LEVEL_Q
    bits = "".join(str(bit) for bit in _bits(modules, version, format_bits & 0b111))
    codewords = [int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8)]
    data = "".join(f"{word:08b}" for word in _in_order(codewords, BLOCKS_AT_Q[version]))
    assert data[:4] == "0100", "bytes"
    length = int(data[4:12], 2)
    return bytes(int(data[at : at + 8], 2) for at in range(12, 12 + 8 * length, 8)).decode()


def _bits(modules: Modules, version: int, mask: int) -> Iterator[int]:
    """Yield the bits of data, two columns at a time from the right, upwards and downwards in turn."""
    size, up, column = len(modules), True, len(modules) - 1
    while column > 0:
        column -= column == 6
        for row in range(size - 1, -1, -1) if up else range(size):
            for at in (column, column - 1):
                if not _is_function(row, at, size, version):
                    yield modules[row][at] ^ MASKS[mask](row, at)
        up, column = not up, column - 2


def _is_function(row: int, column: int, size: int, version: int) -> bool:
    corner = (row < 9 and column < 9) or (row < 9 and column >= size - 8) or (row >= size - 8 and column < 9)
    aligned = abs(row - ALIGNED[version]) <= 2 and abs(column - ALIGNED[version]) <= 2
    return corner or aligned or 6 in (row, column)


def _in_order(codewords: Sequence[int], blocks: Sequence[int]) -> list[int]:
    """Return the data codewords, block by block: they are written one of each block in turn."""
    found: list[list[int]] = [[] for _ in blocks]
    stream = iter(codewords)
    for at in range(max(blocks)):
        for block, length in zip(found, blocks, strict=True):
            if at < length:
                block.append(next(stream))
    return [word for block in found for word in block]
