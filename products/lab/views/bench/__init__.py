"""The bench (检测工作台): one grid per order, its rows by themselves, and what a script saves while one works."""

from products.lab.views.bench.acts import attach, exclude
from products.lab.views.bench.grid import show_bench
from products.lab.views.bench.item import show_item
from products.lab.views.bench.saving import save_rows, show_changes

__all__ = ["attach", "exclude", "save_rows", "show_bench", "show_changes", "show_item"]
