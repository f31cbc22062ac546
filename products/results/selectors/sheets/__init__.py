"""Reads tables of results: CSV in three encodings, XLSX, JUnit XML; a row at a time, whatever the size."""

from products.results.selectors.sheets.columns import COLUMNS, PLACES, Line, entered_row
from products.results.selectors.sheets.reading import lines_of

__all__ = ["COLUMNS", "PLACES", "Line", "entered_row", "lines_of"]
