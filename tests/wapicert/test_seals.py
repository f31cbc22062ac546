"""What a seal covers, and that sealed rows are written past `save` in named places only."""

import ast
from pathlib import Path

import pytest
from django.contrib.auth.hashers import make_password

from members.companies.models import Company
from tests.factories import people
from wapicert.seals import TABLES, Columns

ROOT = Path(__file__).resolve().parents[2]
# Where rows of a sealed table may be written in bulk or taken away, and why nothing escapes its seal there.
NAMED = {
    ("members/access/services/leaving.py", "ApiToken"): "the act that makes a person anonymous seals what is left",
    ("members/access/services/resets.py", "Authenticator"): "the act of the reset ends their seals",
    ("members/people/services.py", "ApiToken"): "the last use is not sealed",
    ("members/people/services.py", "User"): "the language is not sealed",
    ("products/files/services/removing.py", "StoredFile"): "the act of the removal seals them; the place is not sealed",
    ("products/listings/services/indexing.py", "ListingChange"): "the act of whoever publishes seals them",
    ("products/management/generation.py", "Company"): "generated rows of a scratch database, sealed as found",
    ("products/reports/services/printing.py", "Report"): "what the worker notes is not sealed",
    ("products/suites/importing/writing.py", "ItemVersion"): "the act of the edit seals them",
}


WRITES = {"update", "bulk_update", "bulk_create", "delete"}


def bulk_writes(root):
    """The file and the sealed model of every bulk write or deletion that names its model."""
    models = {table.model.__name__ for table in TABLES.values()}
    found = set()
    for app in ("members", "products", "wapicert"):
        for path in (root / app).rglob("*.py"):
            if "migrations" not in path.parts:
                tree = ast.parse(path.read_text(encoding="utf-8"))
                found |= {(str(path.relative_to(root)), name) for name in map(written_model, ast.walk(tree))
                          if name in models}
    return found


def written_model(node):
    """The name at the beginning of `Name.objects….update(…)` and the like; None for anything else."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES):
        return None
    receiver = node.func.value
    while isinstance(receiver, ast.Call | ast.Attribute):
        receiver = receiver.func if isinstance(receiver, ast.Call) else receiver.value
    return receiver.id if isinstance(receiver, ast.Name) else None


def test_sealed_rows_are_written_in_bulk_in_named_places_only():
    assert bulk_writes(ROOT) <= set(NAMED)


@pytest.mark.parametrize("line", [
    "Listing.objects.filter(pk=1).update(status='valid')",
    "Certification.objects.bulk_update(rows, ['state'])",
    "RoleGrant._default_manager.bulk_create(rows)",
    "Report.objects.filter(pk=1).exclude(state='draft').delete()",
])
def test_bulk_writes_finds_what_is_planted(tmp_path, line):
    (tmp_path / "products").mkdir()
    (tmp_path / "products" / "planted.py").write_text(line, encoding="utf-8")
    assert [path for path, _model in bulk_writes(tmp_path)] == ["products/planted.py"]


def test_columns_leave_out_what_holds_its_default_and_nothing_else():
    columns = Columns.of(Company, frozenset({"id", "created_at"}), {})
    assert columns.facts(("C1", "演示", "", "", False, None, "", "", "", "unknown", False, True, 1)) == {
        "number": "C1", "name_zh": "演示"}
    assert columns.facts(("C1", "演示", "", "", True, None, "", "", "", "unknown", False, False, 2)) == {
        "number": "C1", "name_zh": "演示", "name_en_confirmed": True, "is_active": False, "row_version": 2}


def test_columns_of_a_column_that_is_none_are_refused():
    with pytest.raises(LookupError, match="staus"):
        Columns.of(Company, frozenset({"staus"}), {})


@pytest.mark.django_db
def test_signing_in_never_rewrites_the_digest_of_a_password(settings):
    user = people.person("demo")
    user.password = make_password(people.PASSWORD)
    user.save(update_fields=["password"])
    before = user.password
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher", *settings.PASSWORD_HASHERS]
    assert user.check_password(people.PASSWORD)
    user.refresh_from_db()
    assert user.password == before
