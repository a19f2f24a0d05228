"""Whether decoded bytes read like something that an office would write."""

from __future__ import annotations

import re
from typing import BinaryIO

# Letters that really stand in files: everyday Greek and Cyrillic. Other signs of two bytes are rare.
_EVERYDAY = re.compile(r"[\u0080-\u036f\u0391-\u03c9\u0401\u0410-\u044f\u0451]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
CHUNK = 1024 * 1024


def chinese_share(text: str) -> float:
    """The share of signs that are ASCII or stand in GB 2312, which holds the everyday ones."""
    written = "".join(text.split())
    if not written:
        return 0.0
    known = len(written.encode("gb2312", "ignore").decode("gb2312"))
    strange = sum(not sign.isprintable() for sign in written if sign.isascii())
    return (known - strange) / len(written)


def reads_as_chinese(file: BinaryIO) -> bool:
    """Bytes that are valid UTF-8 by chance: as such they are letters of no office, as GBK they are Chinese.

    元 and 一 alone are D4 AA and D2 BB in GBK, which is Ԫ and һ in UTF-8. Called only where no sign has three bytes.
    """
    while chunk := file.read(CHUNK):
        for line in chunk.split(b"\n"):
            if line.isascii():
                continue
            foreign = [sign for sign in line.decode("utf-8", "ignore") if not sign.isascii()]
            if any(map(_EVERYDAY.match, foreign)):
                return False
            try:
                read = line.decode("gbk")
            except UnicodeDecodeError:
                return False
            if not all(_HAN.match(sign) for sign in read if not sign.isascii()):
                return False
    return True
