"""What can be taken away: predicates, the conditions within them, and what narrows a selector of visibility."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PLACES = ("*/*/permissions.py", "*/*/selectors.py", "*/*/selectors/*.py", "*/*/services.py", "*/*/services/*.py")
PREDICATES = ("can_", "is_", "may_", "has_", "needs_")
# Whoever these say yes about is refused something; taken away, they say no.
FORBIDDING = ("needs_second_factor", "has_recorded_results", "is_recorder_of")
Change = Callable[[ast.AST], ast.AST]


@dataclass(frozen=True)
class Part:
    """A piece of a function that refuses something.

    `permits` is the answer with which it is not in the way; None for a filter, which answers nothing.
    """

    node: ast.AST
    text: str
    without: Change
    permits: bool | None
    may_raise: bool = False


@dataclass(frozen=True)
class Check:
    """One part of one function, by its place among the parts of that function."""

    path: Path
    function: str
    place: int
    text: str

    @property
    def name(self) -> str:
        return f"{self.path.as_posix()}:{self.function}" + (f": {self.text}" if self.text else "")


class Swap(ast.NodeTransformer):
    """Changes some nodes, given by identity, after what is below them."""

    def __init__(self, changes: dict[int, Change]) -> None:
        self.changes = changes

    def visit(self, node: ast.AST) -> ast.AST:
        change = self.changes.get(id(node), lambda same: same)
        return change(self.generic_visit(node))


def checks() -> list[Check]:
    """Every check of the site, in the order of its files."""
    return [check for pattern in PLACES for path in sorted(ROOT.glob(pattern))
            for check in _checks_of(path.relative_to(ROOT))]


def _checks_of(path: Path) -> Iterator[Check]:
    for function in functions(path):
        seen: list[str] = []
        for place, part in enumerate(parts_of(path, function)):
            seen.append(part.text)
            repeated = seen.count(part.text)
            yield Check(path, function.name, place, part.text + (f" #{repeated}" if repeated > 1 else ""))


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    """The functions of a module that hold checks; their nodes are new with every call."""
    for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and ("selectors" not in str(path) or node.name.endswith("_visible_to")):
            yield node


def parts_of(path: Path, function: ast.FunctionDef) -> Iterator[Part]:
    """What refuses something in the function of that module."""
    yield from (_guards if "services" in str(path) else _decisions)(function)


def _guards(function: ast.FunctionDef) -> Iterator[Part]:
    """Of a service: the conditions on which it raises, and the calls of what may raise in its place."""
    for node in ast.walk(function):
        match node:
            case ast.If() if isinstance(node.body[-1], ast.Raise):
                yield from _conditions(node.test, False)
            case ast.Expr(value=ast.Call(func=ast.Name(id=name)) as call) if name.lstrip("_").startswith("require_"):
                yield Part(call, ast.unparse(call), lambda _node: ast.Constant(None), False, may_raise=True)


def _decisions(function: ast.FunctionDef) -> Iterator[Part]:
    """Of a predicate the whole, and what it consists of, from the outside to the inside; of a selector its filters."""
    permits = function.name not in FORBIDDING
    is_predicate = function.name.startswith(PREDICATES)
    if is_predicate:
        yield Part(function, "", lambda node: _always(node, permits), permits)
    answers_at_once = is_predicate and len(function.body) == 2
    for node in ast.walk(function):
        match node:
            case ast.If():
                yield from _conditions(node.test, not _refuses(node.body))
            case ast.IfExp():
                yield from _conditions(node.test, True)
            case ast.comprehension():
                for condition in node.ifs:
                    yield from _conditions(condition, True)
            case ast.Assign(value=ast.BoolOp() | ast.Compare()):
                yield from _conditions(node.value, permits)
            case ast.Return(value=ast.expr() as value) if ast.unparse(function.returns or value) == "bool":
                if not isinstance(value, ast.Constant):
                    yield from (_operands if answers_at_once else _conditions)(value, permits)
            case ast.Call(func=ast.Attribute(attr="filter" | "exclude")):
                yield from _filters(node)


def _always(node: ast.AST, answer: bool) -> ast.AST:
    assert isinstance(node, ast.FunctionDef)
    node.body = [ast.Return(ast.Constant(answer))]
    return node


def _refuses(body: list[ast.stmt]) -> bool:
    """Whether what follows a condition is a no: False, "", or no rows."""
    value = body[-1].value if isinstance(body[-1], ast.Return) else None
    return (isinstance(value, ast.Constant) and not value.value) or (
        isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "none")


def _conditions(node: ast.expr, permits: bool) -> Iterator[Part]:
    """The condition, and each of those that it takes together."""
    yield _condition(node, permits)
    yield from _operands(node, permits)


def _operands(node: ast.expr, permits: bool) -> Iterator[Part]:
    """What must hold as well as something else: `and` where it permits, `or` where it refuses."""
    match node:
        case ast.UnaryOp(op=ast.Not()):
            yield from _operands(node.operand, not permits)
        case ast.Call(func=ast.Name(id="bool")):
            yield from _operands(node.args[0], permits)
        case ast.BoolOp():
            for operand in node.values:
                if isinstance(node.op, ast.And) == permits:
                    yield _condition(operand, permits)
                yield from _operands(operand, permits)


def _condition(node: ast.expr, permits: bool) -> Part:
    return Part(node, ast.unparse(node), lambda _node: ast.Constant(permits), permits)


def _filters(call: ast.Call) -> Iterator[Part]:
    """What narrows rows: all of an `exclude`, each condition of a `filter`."""
    assert isinstance(call.func, ast.Attribute)
    rows, given = call.func.value, [*call.args, *call.keywords]
    if len(given) == 1 or call.func.attr == "exclude":
        text = ", ".join(map(ast.unparse, given))
        yield Part(call, f"{call.func.attr}({text})", lambda _node: rows, None)
        return
    for left_out in call.keywords:
        kept = ast.Call(call.func, call.args, [keyword for keyword in call.keywords if keyword is not left_out])
        yield Part(call, f"filter({ast.unparse(left_out)})", lambda _node, kept=kept: kept, None)
