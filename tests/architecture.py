"""The house rules of direction, read from the source: which module may know which. Proved by test_architecture."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

# A topic may import only topics of a lower rank; those of one rank do not know each other. Every topic of
# products stands above every topic of members.
RANKS = {
    "members": {
        "history": 0, "numbering": 0,
        "companies": 1,
        "people": 2,
        "requests": 3, "membership": 3,
        "notices": 4,
        "access": 5,
    },
    "products": {
        "files": 0,
        "devices": 1,
        "suites": 2, "equipment": 2,
        "orders": 3,
        "results": 4,
        "rework": 5,
        "reports": 6,
        "listings": 7,
        "certification": 8,
        "directory": 9, "open_data": 9, "subscriptions": 9, "lab": 9, "insight": 9, "portal": 9, "webhooks": 9,
        # Knows every act of which somebody is told, and whom.
        "notifications": 9,
        # Composes whatever can fail, so it stands above all of it.
        "failures": 10,
        # Takes away what any topic keeps no longer.
        "retention": 11,
    },
}
# The kinds of module, lowest first. In its own topic a module may import every kind that stands before it; in
# other topics every kind of its own line or a line above. A new kind is a decision: add it here and say why.
LAYERS = [
    ["states", "errors", "tasks"],
    ["querysets", "models"],
    ["selectors", "rendering"],
    ["permissions"],
    ["signing", "services", "importing"],
    ["filters", "forms", "serializers"],
    ["views", "api", "admin"],
    ["urls"],
]
# Kinds that one topic alone may have. Both are named in the settings, and a class that REST_FRAMEWORK or allauth
# imports at start must not live beside views.
EXTRA_KINDS = {
    ("members", "access", "adapters"): "views",  # allauth asks it who may come in, and tells it who did
    ("members", "people", "authentication"): "views",  # DRF asks it who calls
}
# Pages, endpoints and their forms compose topics, so the rank of topics does not bind them.
INTERFACE = {"filters", "forms", "serializers", "views", "api", "admin", "urls"}
# Topics that only show what others hold: no tables, no verbs.
WITHOUT_RECORDS = {"directory", "lab", "insight", "portal"}
RECORD_KEEPERS = {"models", "querysets", "services", "importing", "signing", "tasks"}
# What the top of an app may hold beside topics: hubs, and what migrations name by path.
HUBS = {"models", "admin", "tasks", "urls"}
LEAVES = {"storage_paths", "validators"}
APP_FOLDERS = {"migrations", "templatetags", "management"}
# The part of wapicert that topics may import: no rule of the field and no knowledge of any topic.
KERNEL = {
    "errors", "transitions", "canonical", "charts", "conditional", "database", "downloads", "enumeration", "forms",
    "icons", "loading", "pagination", "problems", "room", "scales", "seals", "sheets", "texts", "tracing",
}
# The rest of wapicert wires the parts together and is imported by nobody but Django, Celery and each other.
WIRING = {"__init__", "settings", "environment", "urls", "api", "wsgi", "celery", "broker", "middleware",
          "context_processors", "gate", "health", "limits", "logs", "metrics", "parsers", "schema", "storage"}
SHAPELESS = {"utils", "util", "helpers", "helper", "common", "misc"}
FOR_MIGRATIONS = {"wapicert.database", "products.storage_paths", "products.validators"}
PLACE = {kind: (line, place) for line, kinds in enumerate(LAYERS) for place, kind in enumerate(kinds)}


@dataclass(frozen=True)
class Import:
    """One import statement's target and whether it stands inside a function."""

    line: int
    target: str
    is_inner: bool
    level: int


@dataclass(frozen=True)
class Home:
    """Where a module of a topic stands."""

    app: str
    topic: str
    kind: str

    @property
    def rank(self) -> tuple[bool, int]:
        return self.app == "products", RANKS[self.app][self.topic]

    @property
    def place(self) -> tuple[int, int]:
        return PLACE[EXTRA_KINDS.get((self.app, self.topic, self.kind), self.kind)]


def imports_of(path: Path) -> Iterator[Import]:
    """Every import of a file except those under TYPE_CHECKING."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    inner = {id(node) for function in functions for node in ast.walk(function)}
    exempt = {id(node) for guard in ast.walk(tree) if isinstance(guard, ast.If) and _asks_for_type_checking(guard)
              for child in guard.body for node in ast.walk(child)}
    for node in ast.walk(tree):
        if id(node) in exempt:
            continue
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield Import(node.lineno, f"{node.module or ''}.{alias.name}", id(node) in inner, node.level)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(node.lineno, alias.name, id(node) in inner, 0)


def _asks_for_type_checking(guard: ast.If) -> bool:
    test = guard.test
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


def violations(root: Path) -> list[str]:
    """Every breach of the rules in the tree under `root`, as "file: what is wrong"; empty when there is none."""
    found = [*_unknown_places(root), *_kernel(root), *_hubs(root), *_migrations(root), *_cycles(root)]
    for app, topics in RANKS.items():
        for path in sorted((root / app).rglob("*.py")):
            parts = path.relative_to(root / app).with_suffix("").parts
            if parts[0] == "migrations":
                continue
            where = path.relative_to(root).as_posix()
            found += [f"{where}:{breach}" for breach in _everywhere(path, parts, app)]
            if parts[0] not in topics:
                continue
            kind = parts[1]
            if (app, parts[0], kind) in EXTRA_KINDS or kind in PLACE:
                found += [f"{where}:{breach}" for breach in _topic_module(path, Home(app, parts[0], kind))]
    return found


def _unknown_places(root: Path) -> Iterator[str]:
    for app, topics in RANKS.items():
        for path in sorted((root / app).iterdir()):
            known = set(topics) | APP_FOLDERS if path.is_dir() else {"__init__", "apps"} | HUBS | LEAVES
            if path.stem not in known and path.suffix in ("", ".py") and path.name != "__pycache__":
                yield f"{app}/{path.name}: neither a topic nor a part of an app; a topic needs a rank in RANKS"
        for topic in topics:
            yield from _unknown_kinds(root, app, topic)
        for folder in (root / "templates" / app, root / "tests" / app):
            for path in sorted(folder.iterdir()) if folder.exists() else []:
                if path.is_dir() and path.name not in {*topics, *APP_FOLDERS, "__pycache__"}:
                    yield f"{path.relative_to(root).as_posix()}: mirrors no topic of {app}"


def _unknown_kinds(root: Path, app: str, topic: str) -> Iterator[str]:
    for path in sorted((root / app / topic).glob("*")):
        where = path.relative_to(root).as_posix()
        if path.name in ("__init__.py", "__pycache__"):
            continue
        if path.is_dir() and path.name == "data":
            yield from (f"{where}: data folders hold no code" for _ in path.rglob("*.py"))
        elif path.is_file() and path.suffix != ".py":
            yield f"{where}: files that are not code belong under {app}/{topic}/data/"
        elif path.stem not in PLACE and (app, topic, path.stem) not in EXTRA_KINDS:
            yield f"{where}: {path.stem} has no place in LAYERS"
        elif topic in WITHOUT_RECORDS and path.stem in RECORD_KEEPERS:
            yield f"{where}: {topic} shows what others hold and keeps no records"


def _kernel(root: Path) -> Iterator[str]:
    for path in sorted((root / "wapicert").glob("*.py")):
        where = path.relative_to(root).as_posix()
        if path.stem not in KERNEL | WIRING:
            yield f"{where}: decide whether topics may import it, in KERNEL or WIRING"
        if path.stem in KERNEL:
            for item in imports_of(path):
                if item.target.split(".")[0] in RANKS:
                    yield f"{where}:{item.line}: {item.target}: the kernel knows no topic"


def _hubs(root: Path) -> Iterator[str]:
    """Each hub imports every module of its kind, since Django and Celery look into hubs only."""
    for app in RANKS:
        for kind in sorted(HUBS):
            hub = root / app / f"{kind}.py"
            known = {part for item in (imports_of(hub) if hub.exists() else [])
                     for part in (item.target, item.target.rpartition(".")[0])}
            for path in sorted((root / app).glob(f"*/{kind}*")):
                if path.stem == kind and path.name != "__pycache__" and f"{app}.{path.parent.name}.{kind}" not in known:
                    yield f"{app}/{path.parent.name}/{kind}: {app}/{kind}.py does not import it, so nobody finds it"


def _migrations(root: Path) -> Iterator[str]:
    for path in sorted(root.glob("*/migrations/*.py")):
        for item in imports_of(path):
            if item.target.split(".")[0] in {"wapicert", *RANKS} and not any(
                item.target.startswith(allowed) for allowed in FOR_MIGRATIONS
            ):
                yield (f"{path.relative_to(root).as_posix()}:{item.line}: {item.target}: "
                       "a migration outlives the code of topics")


def _everywhere(path: Path, parts: tuple[str, ...], app: str) -> Iterator[str]:
    """Rules for every module of an app, topics or not."""
    if SHAPELESS & set(parts):
        yield f"1: {'/'.join(parts)}: a name that says nothing"
    for item in imports_of(path):
        root = item.target.split(".")[0]
        if item.level:
            yield f"{item.line}: imports are absolute"
        if app == "members" and root == "products":
            yield f"{item.line}: {item.target}: members must not know products"
        if root == "wapicert" and item.target.split(".")[1:2] and item.target.split(".")[1] not in KERNEL:
            yield f"{item.line}: {item.target}: wiring; topics may import only {', '.join(sorted(KERNEL))}"
        if "signals" in item.target.split(".") or item.target.startswith("django.dispatch"):
            yield f"{item.line}: {item.target}: signals never carry the domain"
        if item.is_inner and not _is_task_and_its_service(item, parts, app):
            yield f"{item.line}: {item.target}: an import inside a function hides a cycle"


def _is_task_and_its_service(item: Import, parts: tuple[str, ...], app: str) -> bool:
    return parts[1:2] == ("tasks",) and item.target.startswith(f"{app}.{parts[0]}.services")


def _topic_module(path: Path, home: Home) -> Iterator[str]:
    """Rules of direction for one module of a topic."""
    for item in imports_of(path):
        names = item.target.split(".")
        if names[0] not in RANKS or len(names) < 2 or item.is_inner:
            continue
        where, (app, topic), kind = f"{item.line}: {item.target}", names[:2], names[2] if len(names) > 2 else ""
        if topic in HUBS:
            yield f"{where}: the hub is for Django only"
        elif topic in RANKS[app] and (kind in PLACE or (app, topic, kind) in EXTRA_KINDS):
            yield from (f"{where}: {breach}" for breach in _direction(home, Home(app, topic, kind)))
        elif topic in RANKS[app]:
            yield f"{where}: import a module of the topic, not the topic"
        elif topic not in LEAVES:
            yield f"{where}: neither a topic nor a leaf"


def _direction(home: Home, other: Home) -> Iterator[str]:
    if home == other:
        return
    if (home.app, home.topic) == (other.app, other.topic):
        if other.place >= home.place:
            yield f"{home.kind} stands below {other.kind}"
        return
    if other.rank >= home.rank and home.kind not in INTERFACE:
        yield f"{home.topic} does not stand above {other.topic}"
    if other.place[0] > home.place[0]:
        yield f"{home.kind} stands below {other.kind}"


def _cycles(root: Path) -> Iterator[str]:
    """Interface modules may compose any topic, so a ring between them is looked for on its own."""
    graph: dict[str, set[str]] = {}
    for app in RANKS:
        for path in sorted((root / app).glob("*/**/*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            graph[name] = {item.target for item in imports_of(path) if not item.is_inner}
    known = {name: {_module_of(target, graph) for target in targets} - {"", name} for name, targets in graph.items()}
    try:
        TopologicalSorter(known).prepare()
    except CycleError as error:
        yield f"{' → '.join(error.args[1])}: a ring of imports"


def _module_of(target: str, graph: dict[str, set[str]]) -> str:
    return target if target in graph else target.rpartition(".")[0] if target.rpartition(".")[0] in graph else ""


def upward_relations(models: Iterable[type]) -> list[str]:
    """Foreign keys of the models that point to a topic of a higher rank, or sideways to one of the same rank."""
    found = []
    for model in models:
        source = rank_of(model)
        for field in model._meta.get_fields():
            if source is None or field.auto_created or not field.is_relation or not field.related_model:
                continue
            target = rank_of(field.related_model)
            same_topic = model.__module__.split(".")[:2] == field.related_model.__module__.split(".")[:2]
            if target is not None and target >= source and not same_topic:
                found.append(f"{model.__module__}.{model.__name__}.{field.name} points up to "
                             f"{field.related_model.__module__}.{field.related_model.__name__}")
    return found


def rank_of(model: type) -> tuple[bool, int] | None:
    """The rank of the topic that a model lives in; None for models of others."""
    app, topic, *_rest = [*model.__module__.split("."), ""]
    return (app == "products", RANKS[app][topic]) if topic in RANKS.get(app, {}) else None
