"""What is refused: a row, with the reason and the remedy in both languages, or the whole file."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from core.errors import Expected
from core.text import Language, Text

MOST_SHOWN, MOST_QUOTED = 20, 80
HEADER = ("line", "column", "value", "reason", "原因")
# A spreadsheet takes a cell that begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
NO_REPORT = Text(
    "the report can't be written here; name another file with --report",
    "无法写入报告；请用 --report 指定其他文件",
)


class FileRefused(Expected):
    """The file as a whole can't be read."""

    code = "FILE_REFUSED"
    text = Text("this file can't be imported", "该文件无法导入")


@dataclass(frozen=True, slots=True)
class Fault:
    """A refused row: its line (the last one, where quotes span several), the column and what it held."""

    line: int
    column: str
    value: str
    reason: Text

    def say(self, language: Language) -> str:
        """One line for a person."""
        place = f"第 {self.line} 行" if language == "zh" else f"line {self.line}"
        return f"{place}, {self.column}: {self.reason.say(language)} ({self.value[:MOST_QUOTED]!r})"


@dataclass
class Faults:
    """Counts refused rows, keeps the first ones, and writes all of them to a CSV file as they come.

    The file is made by the first fault; without one there is no file.
    """

    path: Path | None = None
    count: int = 0
    first: list[Fault] = field(default_factory=list)
    _file: Any = None
    _writer: Any = None

    def __enter__(self) -> Self:
        """Nothing is opened yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def add(self, faults: Iterable[Fault]) -> None:
        """Refuse rows."""
        for fault in faults:
            self.count += 1
            if len(self.first) < MOST_SHOWN:
                self.first.append(fault)
            if self.path is not None:
                self._write(self.path, fault)

    def forget(self) -> None:
        """Remove the report that an earlier run left; what is no report stays."""
        if self.path is not None and self.path.is_file():
            with self.path.open("rb") as file:
                is_report = file.readline().rstrip() == ",".join(HEADER).encode("utf-8-sig")
            if is_report:
                self.path.unlink()

    def _write(self, path: Path, fault: Fault) -> None:
        if self._file is None:
            # With a byte order mark: without one, spreadsheets garble the Chinese.
            try:
                self._file = path.open("w", encoding="utf-8-sig", newline="")
            except OSError:
                raise FileRefused(str(path), NO_REPORT) from None
            self._writer = csv.writer(self._file)
            self._writer.writerow(HEADER)
        quoted = fault.value[:MOST_QUOTED]
        safe = f"'{quoted}" if quoted.startswith(FORMULA) else quoted
        self._writer.writerow((fault.line, fault.column, safe, fault.reason.en, fault.reason.zh))
