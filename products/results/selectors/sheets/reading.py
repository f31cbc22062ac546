"""Reads the bytes of a table line by line, and refuses what cannot be one."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterator
from typing import BinaryIO

from products.results import errors
from products.results.selectors.sheets.columns import Line, columns_of, is_blank
from products.results.selectors.sheets.junit import junit_lines
from wapicert.sheets import (
    MOST_COLUMNS,
    MOST_ROWS,
    Account,
    Cell,
    Omission,
    Row,
    SheetUnreadable,
    column_name,
    encoding_of,
    open_book,
    separated_rows,
    too_large,
)


def lines_of(
    content: BinaryIO, extension: str, account: Account | None = None
) -> tuple[str, Generator[Line, None, None]]:
    """The encoding, and every line that holds something; raises what the file as a whole is refused for.

    Faults in the middle of the bytes are raised while the lines are read. What is left out is told to the account,
    which is whole once the last line was read. Bounded memory: CSV, XLSX and XML are streamed.
    """
    account = account or Account()
    if extension == "xlsx":
        return "XLSX", _book_lines(content, account)
    if extension == "xml":
        return "XML", junit_lines(content, account)
    encoding = encoding_of(content)
    return encoding, _tabled(separated_rows(content, encoding), set(), account)


def _book_lines(content: BinaryIO, account: Account) -> Generator[Line, None, None]:
    """The first sheet that a person sees; every other is accounted for."""
    with open_book(content) as book:
        if not book.visible:
            raise SheetUnreadable(field="file")
        sheet = book.visible[0]
        account.note_sheets(book, [sheet])
        rows = book.rows(sheet)
        first = next(rows, None)
        if first is None:
            raise errors.SheetEmpty(field="file")
        # Which columns are hidden is known once the first row is.
        yield from _tabled(itertools.chain([first], rows), book.hidden_columns, account)


def _tabled(rows: Iterator[Row], unseen: set[int], account: Account) -> Generator[Line, None, None]:
    """Lines under a head; what was left out is accounted for even if the table is refused on the way."""
    table = _Table(unseen)
    try:
        for row in rows:
            if row.number > MOST_ROWS + 1 or row.cells[-1].column >= MOST_COLUMNS:
                raise too_large()
            if line := table.take(row):
                yield line
        if not table.columns:
            raise errors.SheetEmpty(field="file")
    finally:
        table.tell(account)


class _Table:
    """A head, the rows under it, and what of them nobody sees or holds no result."""

    def __init__(self, unseen: set[int]) -> None:
        self.unseen, self.columns, self.places = unseen, dict[int, str](), dict[str, int]()
        self.hidden, self.unfilled, self.covered = list[int](), list[int](), dict[int, str]()

    def take(self, row: Row) -> Line | None:
        """The row as a line; None for the head and for what is left out."""
        if row.is_hidden:
            self.hidden.append(row.number)
            return None
        cells = self._seen(row) if self.unseen else row.cells
        if not cells:
            return None
        if not self.columns:
            self.columns = columns_of(cells)
            self.places = {name: column for column, name in self.columns.items()}
            return None
        named = {self.columns[cell.column]: cell for cell in cells if cell.column in self.columns}
        if is_blank(named):
            self.unfilled.append(row.number)
            return None
        return Line(row.number, named, self.places, [cell for cell in cells if cell.column not in self.columns])

    def _seen(self, row: Row) -> list[Cell]:
        """The cells in columns that a person sees; the others are named by letter and head."""
        for cell in row.cells:
            if cell.column in self.unseen:
                self.covered.setdefault(cell.column, f"{column_name(cell.column)} {str(cell.value)[:20]}")
        return [cell for cell in row.cells if cell.column not in self.unseen]

    def tell(self, account: Account) -> None:
        """Note what was left out."""
        account.note_rows(Omission.ROWS_HIDDEN, self.hidden)
        account.note(Omission.COLUMNS_HIDDEN, "、".join(self.covered[place] for place in sorted(self.covered)),
                     len(self.covered))
        account.note_rows(Omission.ROWS_UNFILLED, self.unfilled)
