"""Reads pages as people do: what the boxes of a form hold, and which refusal stands beside which of them."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any


class _Boxes(HTMLParser):
    """Collects the values that a form would send, by name."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._select = self._textarea = ""
        self._option: str | None = None
        self._text = ""

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        attributes: dict[str, Any] = dict(pairs)
        name, kind = attributes.get("name", ""), attributes.get("type", "text")
        if tag == "input" and name and kind not in ("file", "password", "submit"):
            if kind not in ("radio", "checkbox") or "checked" in attributes:
                self.keep(name, attributes.get("value") or ("on" if kind == "checkbox" else ""))
        elif tag == "textarea":
            self._textarea, self._text = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in attributes:
            self._option, self._text = attributes.get("value"), ""
            if self._option is not None:
                self.keep(self._select, self._option)

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.keep(self._textarea, self._text.removeprefix("\n"))

    def keep(self, name: str, value: str) -> None:
        self.values.setdefault(name, []).append(value)


def boxes(response: Any) -> dict[str, list[str]]:
    """What all boxes of the page hold: texts, what is checked and what is selected."""
    reader = _Boxes()
    reader.feed(response.content.decode())
    return reader.values


def lost(response: Any, typed: dict[str, Any]) -> dict[str, Any]:
    """Of what was typed, whatever the page does not hold any more (empty: nothing was lost)."""
    held = boxes(response)
    wanted = {name: value if isinstance(value, list) else [value] for name, value in typed.items() if name != "verb"}
    return {name: value for name, value in wanted.items()
            if value not in (["", ], []) and not set(map(str, value)) <= set(held.get(name, []))}


def beside(response: Any, field: str, auto_id: str = "id_%s") -> str:
    """The text of the refusal beside the field; empty if there is none."""
    page = response.content.decode()
    key = re.escape(auto_id % field)
    found = re.search(rf'<div id="{key}_error">(.*?)</div>', page, re.DOTALL)
    return re.sub(r"<[^>]+>|\s+", " ", found[1]).strip() if found else ""
