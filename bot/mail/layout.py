"""Words set into lines as HTML wants it: blanks folded, paragraphs apart, list items marked, cells side by side."""

from __future__ import annotations

from dataclasses import dataclass, field


class Lines:
    """The lines of a page, or of one cell of a table, in the making."""

    def __init__(self) -> None:
        self._done: list[str] = []
        self._line: list[str] = []
        self._is_spaced = False
        self._bullet = ""

    def write(self, text: str) -> None:
        """Go on in the present line; blanks and line ends of any number are one blank."""
        words = text.split()
        if not words:
            self._is_spaced = self._is_spaced or bool(text)
            return
        if self._line:
            self._line.append(" " if self._is_spaced or text[0].isspace() else "")
        else:
            self._line.append(self._bullet)
            self._bullet = ""
        self._line.append(" ".join(words))
        self._is_spaced = text[-1].isspace()

    def write_as_it_is(self, text: str) -> None:
        """Go on in the present line, and begin another at each line end."""
        first, *others = text.split("\n")
        if first:
            self._line.append(first)
        for line in others:
            self.break_line()
            if line:
                self._line.append(line)

    def break_line(self) -> None:
        """End the present line, even if it is empty."""
        self._done.append("".join(self._line).rstrip())
        self._line.clear()
        self._is_spaced = False

    def end(self, *, apart: bool = False) -> None:
        """End the present line if there is one; `apart`: a blank line follows it."""
        if self._line:
            self.break_line()
        self._is_spaced = False
        if apart and self._done and self._done[-1]:
            self._done.append("")

    def begin_item(self, bullet: str) -> None:
        """Put this before the next words; what had no words stands alone."""
        self.end()
        if self._bullet:
            self._done.append(self._bullet.strip())
        self._bullet = bullet

    def add(self, lines: list[str]) -> None:
        """Add whole lines."""
        self.end()
        self._done.extend(lines)

    def finished(self) -> list[str]:
        """Return all lines, without blank ones around them."""
        self.begin_item("")
        start, end = 0, len(self._done)
        while start < end and not self._done[start]:
            start += 1
        while end > start and not self._done[end - 1]:
            end -= 1
        return self._done[start:end]


@dataclass(slots=True)
class Table:
    """A table that is open: what its cells hold, row by row, and the lines around it.

    `cell` is where its open cell stands among the open elements, or -1; `place` is its own.
    """

    place: int
    around: Lines
    rows: list[list[list[str]]] = field(default_factory=list)
    cell: int = -1

    def lines(self) -> list[str]:
        """Draw the rows: cells of a line each side by side, taller ones below each other."""
        return [line for row in self.rows for line in _drawn(row)]


def _drawn(row: list[list[str]]) -> list[str]:
    filled = [cell for cell in row if cell]
    if all(len(cell) == 1 for cell in filled):
        return ["  ".join(cell[0] for cell in filled)]
    return [line for cell in filled for line in cell]
