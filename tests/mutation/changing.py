"""Changes functions where they stand, in this process: whoever imported one before runs its new code."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from tests.mutation.checks import Change, Check, Part, Swap, functions, parts_of


class Witness(Protocol):
    """Is told the place of a check in the list, its answer or how to ask for it, and what permits; gives the answer."""

    def sees(self, number: int, answer: Any, permits: bool | None) -> Any: ...

    def asks(self, number: int, question: Callable[[], Any], permits: bool | None) -> Any: ...


def take_away(check: Check) -> None:
    """Let the check refuse nothing."""
    function = _function(check.path, check.function)
    part = list(parts_of(check.path, function))[check.place]
    _replace(check.path, function, {id(part.node): part.without})


def watch(checks: Sequence[Check], witness: Witness) -> None:
    """Tell the witness of every answer of each check."""
    watched: defaultdict[tuple[Path, str], dict[int, int]] = defaultdict(dict)
    for number, check in enumerate(checks):
        watched[check.path, check.function][check.place] = number
    for (path, name), numbers in watched.items():
        function = _function(path, name)
        changes: dict[int, Change] = {}
        for place, part in enumerate(parts_of(path, function)):
            if place in numbers:
                changes[id(part.node)] = _told_to_witness(part, numbers[place], changes.get(id(part.node)))
        _replace(path, function, changes, _witness=witness)


def _function(path: Path, name: str) -> ast.FunctionDef:
    return next(node for node in functions(path) if node.name == name)


def _told_to_witness(part: Part, number: int, before: Change | None) -> Change:
    """A change that lets the witness see the node's answer; `before` is made first, where several checks share it.

    What may raise is handed over to be asked. A condition is not: names that it binds belong to the function.
    """
    def change(node: ast.AST) -> ast.AST:
        node = before(node) if before else node
        if isinstance(node, ast.FunctionDef):
            inner = ast.parse("def _answer(): pass").body[0]
            assert isinstance(inner, ast.FunctionDef)
            asking = ast.parse(f"return _witness.asks({number}, _answer, {part.permits})").body[0]
            inner.body, node.body = node.body, [inner, asking]
            return node
        verb, asked = ("asks", "lambda: _") if part.may_raise else ("sees", "_")
        called = ast.parse(f"_witness.{verb}({number}, {asked}, {part.permits})", mode="eval").body
        place = next(one for one in ast.walk(called) if isinstance(one, ast.Name) and one.id == "_")
        return Swap({id(place): lambda _place: node}).visit(called)
    return change


def _replace(path: Path, function: ast.FunctionDef, changes: dict[int, Change], **names: Any) -> None:
    module = importlib.import_module(".".join(path.with_suffix("").parts))
    function.decorator_list = []
    future = ast.parse("from __future__ import annotations").body
    tree = ast.Module([*future, Swap(changes).visit(function)], type_ignores=[])  # type: ignore[list-item]
    made = dict(vars(module))
    exec(compile(ast.fix_missing_locations(tree), str(path), "exec"), made)  # noqa: S102 - the site's own source
    vars(module).update(names)
    inspect.unwrap(vars(module)[function.name]).__code__ = made[function.name].__code__
