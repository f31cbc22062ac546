"""`python -m tests.mutation [words]`: takes away one check at a time and asks whether a test notices.

A check is a predicate of `permissions` (it then permits everything) or a condition in a selector of visibility (it then
holds for everybody). Each is taken away in a copy of the tree, in which the tests that should notice run until the
first failure. Words choose checks by name. Ends with 1 when a check can go without a test failing.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COPIED = ["members", "products", "templates", "tests", "wapicert", "deploy", "docs", "manage.py", "pyproject.toml"]
# What asks every address as every role; a topic's own tests come first, since they are quicker.
EVERYWHERE = ["tests/api/test_access.py", "tests/api/test_conflicts.py", "tests/products/lab/test_access.py",
              "tests/products/portal/test_access.py", "tests/api/test_strangers.py",
              "tests/products/lab/test_duties.py"]


@dataclass(frozen=True)
class Check:
    """One check: its file, its function, and which condition of it (0: all of it)."""

    path: Path
    function: str
    condition: int

    @property
    def name(self) -> str:
        place = f" condition {self.condition}" if self.condition else ""
        return f"{self.path.as_posix()}:{self.function}{place}"

    def without(self, source: str) -> str:
        """The source in which this check always says yes."""
        tree = ast.parse(source)
        body = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == self.function)
        if self.condition:
            conditions = [node for node in ast.walk(body) if isinstance(node, ast.If)]
            conditions[self.condition - 1].test = ast.Constant(True)
        else:
            body.body = [ast.Return(ast.Constant(True))]
        return ast.unparse(ast.fix_missing_locations(tree))


def checks() -> Iterator[Check]:
    """Every predicate, and every condition of every selector of visibility."""
    for path in sorted(ROOT.glob("*/*/permissions.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith(("can_", "is_", "may_")):
                yield Check(path.relative_to(ROOT), node.name, 0)
    for path in sorted([*ROOT.glob("products/*/selectors.py"), *ROOT.glob("products/*/selectors/*.py")]):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.endswith("_visible_to"):
                conditions = [part for part in ast.walk(node) if isinstance(part, ast.If)]
                yield from (Check(path.relative_to(ROOT), node.name, place + 1) for place in range(len(conditions)))


def tests_for(check: Check) -> list[str]:
    """The topic's own tests, then those that ask everywhere."""
    app, topic = check.path.parts[:2]
    own = f"tests/{app}/{topic}"
    return [*([own] if (ROOT / own).exists() else []), *EVERYWHERE]


def fails(name: str, tests: list[str], tree: Path) -> str:
    """What pytest says of the first failing test in the tree, or ""; ends everything when it could not run."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider", "-m", "not browser", *tests],
        cwd=tree, env=os.environ | {"DATA_DIR": str(tree / "var")}, capture_output=True, check=False)
    said = done.stdout.decode()[-2000:]
    if done.returncode not in (0, 1):
        sys.exit(f"{name}: {said}")
    return said if done.returncode else ""


def is_noticed(check: Check, tree: Path) -> bool:
    """Whether a test fails in the tree without the check; the tree is put back afterwards."""
    target = tree / check.path
    whole = target.read_text(encoding="utf-8")
    target.write_text(check.without(whole), encoding="utf-8")
    try:
        return bool(fails(check.name, tests_for(check), tree))
    finally:
        target.write_text(whole, encoding="utf-8")


def main(words: list[str]) -> int:
    """A line per check; the figure at the end."""
    chosen = [check for check in checks() if not words or any(word in check.name for word in words)]
    missed, started = [], time.monotonic()
    with tempfile.TemporaryDirectory(prefix="wapicert-mutation-") as folder:
        tree = Path(folder)
        for name in COPIED:
            source = ROOT / name
            copy = shutil.copytree if source.is_dir() else shutil.copy2
            copy(source, tree / name)
        # A test that fails with every check in place would seem to notice them all.
        own = chosen and sorted({place for check in chosen for place in tests_for(check)})
        if own and (said := fails("nothing taken away", own, tree)):
            sys.exit(f"A test fails with nothing taken away:\n{said}")
        for check in chosen:
            is_seen = is_noticed(check, tree)
            missed += [] if is_seen else [check.name]
            print(f"{'noticed' if is_seen else 'MISSED':<8}{check.name}", flush=True)
    print(f"{len(chosen) - len(missed)} of {len(chosen)} taken-away checks were noticed "
          f"in {time.monotonic() - started:.0f} s")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
