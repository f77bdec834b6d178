"""Files of text as streams of lines: the encoding found, nothing held but one line."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from core.customers.importing.faults import FileRefused
from core.text import Text

PIECE, LONGEST_LINE = 2**20, 2**16
WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

NO_FILE = Text("no such file, or it can't be read", "文件不存在或无法读取")
EMPTY = Text("the file is empty", "文件为空")
ENCODING = Text(
    "not text in UTF-8 or GB18030; save the file as UTF-8", "不是 UTF-8 或 GB18030 文本；请另存为 UTF-8"
)
LONG_LINE = Text(
    "line {line} is longer than {most} bytes; a quote that never closes looks like this",
    "第 {line} 行超过 {most} 字节；未闭合的引号会造成这种情况",
)


@dataclass(frozen=True)
class TextFile:
    """A file whose encoding is known. `read` is told how many bytes each line took."""

    path: Path
    encoding: str

    @property
    def size(self) -> int:
        """Size in bytes."""
        return self.path.stat().st_size

    def lines(self, read: Callable[[int], None] = lambda _bytes: None) -> Iterator[str]:
        """The lines with their ends. FileRefused for a line that no table has."""
        with self.path.open("rb") as file:
            number = 0
            while line := file.readline(LONGEST_LINE + 1):
                number += 1
                if len(line) > LONGEST_LINE:
                    raise FileRefused(self.path.name, LONG_LINE, line=number, most=LONGEST_LINE)
                read(len(line))
                yield line.decode(self.encoding).removeprefix("\ufeff")


def open_text(path: Path) -> TextFile:
    """The file with its encoding: UTF-8 (with or without a byte order mark) if all of it is, else GB18030.

    Both are read through to the end, a piece at a time: a name that only GB18030 explains may stand last.
    FileRefused where there is no such file, nothing in it, or neither fits.
    """
    try:
        with path.open("rb") as file:
            head = file.read(PIECE)
        if head.startswith(WIDE_MARKS):
            raise FileRefused(path.name, ENCODING)
        if not head.removeprefix(codecs.BOM_UTF8).strip():
            raise FileRefused(path.name, EMPTY)
        for encoding in ("utf-8", "gb18030"):
            if _fits(path, encoding):
                return TextFile(path, encoding)
    except OSError:
        raise FileRefused(path.name, NO_FILE) from None
    raise FileRefused(path.name, ENCODING)


def _fits(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while piece := file.read(PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
