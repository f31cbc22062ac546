"""Somebody with the database alters the register by SQL, a column at a time: each is named, on both databases."""

from __future__ import annotations

import datetime
import uuid
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone

from members.access.services import note_account_change
from members.history.selectors import OPENED, faults_in_register
from members.history.services import append_entry
from members.people.services import declare_conflict, issue_token
from products.failures.selectors import storage_lines
from products.files.models import StoredFile
from products.listings.models import Listing
from products.listings.services import redirect_address
from products.listings.states import AddressKind
from tests.factories import certification
from wapicert import database
from wapicert.conditional import shelf
from wapicert.seals import TABLES

pytestmark = [pytest.mark.django_db, pytest.mark.forges_rows]

# What the public reads, what decides who may act, and what a decision rests on. A table or column that is taken out
# of the seals must be taken out here, by somebody who says why.
MUST = {
    "listing": "listing_number source company device report device_type name_zh name_en model bands generation "
               "hardware firmware edition categories_passed specification listed_on status status_since "
               "status_reason_zh status_reason_en published_facts rework_as_published source_title is_demonstration",
    "listing_change": "listing kind on at status reason_zh reason_en before",
    "former_address": "kind former present since",
    "certification": "order report listing state state_since recommends_grant recommendation reviewed_by reviewed_at "
                     "decided_by decided_at decision_reason valid_from valid_until certificate superseded_by",
    "certification_event": "certification state on at public_reason_zh public_reason_en actor",
    "report": "order number revision state conclusion snapshot_sha256 verification_code compiled_by checked_by "
              "authorised_by authorised_at issued_on issued_at withdrawn_by withdrawn_at withdrawal_reason replaces "
              "amendment_reason corrections file is_demonstration",
    "order": "number company device stage turn edition edition_fingerprint declaration frozen_declaration "
             "decision_rule has_agreed has_consented_to_listing submitted_at accepted_at closed_at",
    "edition": "slug status is_mandatory available_on active_on fingerprint approved_by published_at ends_on "
               "replaced_by label_zh label_en",
    "item": "edition code name_zh requirement_zh result_type basis evidence category",
    "company": "number name_zh name_en name_en_confirmed uscc foreign_identifier membership is_active",
    "user": "staff_number password is_active company anonymised_at",
    "role_grant": "user role granted_by granted_at confirmed_by confirmed_at revoked_by revoked_at",
    "test_authorisation": "user activity category valid_from valid_until granted_by",
    "conflict": "user company reason declared_by ended_by ended_at",
    "authenticator": "user type data",
    "api_token": "user scope digest expires_at revoked_at",
    "file": "sha256 sm3 size media_type company removed_at",
}


@pytest.fixture
def register(cast, catalogue):
    """A certified and listed device, with one row at least in every sealed table."""
    granted = certification.granted(cast)
    listing = granted.listing
    declare_conflict(user=cast.tester, company=cast.company_b, reason="演示", actor=cast.tester)
    issue_token(user=cast.tester, label="演示", actor=cast.tester)
    redirect_address(kind=AddressKind.LISTING, former="WAPI-2000-00001", present=listing.listing_number, actor=None)
    Authenticator.objects.create(user=cast.tester, type="totp", data={"secret": "演示"})
    note_account_change(user=cast.tester, change="totp_activated")
    for table in database.GUARDED:
        database.run(connection, database.removal(connection.vendor, table))
    assert named() == []
    return SimpleNamespace(certification=granted, listing=listing, report=granted.report)


def named():
    return [str(fault) for fault in faults_in_register()]


def others(field, value):
    """Values that somebody might put in the place of this one; the database itself refuses some."""
    day = datetime.timedelta(days=400)
    if isinstance(field, models.ForeignKey):
        keys = field.related_model._base_manager.exclude(pk=value).order_by("pk").values_list("pk", flat=True)
        return [*keys[:3], None if value is not None else 1]
    for kind, found in (
        (models.BooleanField, lambda: not value), (models.JSONField, lambda: {"forged": True}),
        (models.DateTimeField, lambda: (value or timezone.now()) - day),
        (models.DateField, lambda: (value or timezone.localdate()) - day),
        (models.IntegerField, lambda: (value or 0) + 100_000), (models.AutoField, lambda: (value or 0) + 100_000),
        (models.UUIDField, uuid.uuid4),
    ):
        if isinstance(field, kind):
            return [found()]
    choices = [one for one, _label in field.flatchoices if one != value]
    return [*choices, f"{value or ''}X"[-(field.max_length or 100):], "X"]


def alter(table, pk, field, value):
    """One column of one row past the site; whether the database took it."""
    assert isinstance(table.model, type)
    prepared = field.get_db_prep_save(value, connection)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f'UPDATE {table.model._meta.db_table} SET "{field.column}" = %s WHERE '
                           f'"{table.model._meta.pk.column}" = %s',
                           [prepared, table.model._meta.pk.get_db_prep_save(pk, connection)])
    except DatabaseError:
        return False
    return True


def test_every_column_that_must_be_sealed_is_sealed():
    assert set(MUST) == set(TABLES)
    for name, columns in MUST.items():
        assert set(columns.split()) <= set(TABLES[name].columns.names), name


@pytest.mark.parametrize("name", sorted(MUST))
def test_each_column_altered_by_sql_is_named(register, name):
    table = TABLES[name]
    row = table.model._base_manager.order_by("-pk").first()
    key, tried = table.key_of(row), 0
    for column in table.columns.names:
        field = table.model._meta.get_field(column)
        for value in others(field, getattr(row, field.attname)):
            point = transaction.savepoint()
            if alter(table, row.pk, field, value):
                tried += 1
                changed = table.model._base_manager.filter(**{field.attname: value}).first()
                keys = {key} | ({table.key_of(changed)} if column in ("id", table.identity) and changed else set())
                assert any(line.startswith(f"{one}: ") for one in keys for line in named()), (column, value)
            transaction.savepoint_rollback(point)
    assert tried > len(table.columns.names) / 2
    assert named() == []


@pytest.mark.parametrize("name", sorted(MUST))
def test_each_row_removed_by_sql_is_named(register, name):
    table = TABLES[name]
    row = table.model._base_manager.order_by("-pk").first()
    point = transaction.savepoint()
    with connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM {table.model._meta.db_table} WHERE "{table.model._meta.pk.column}" = %s',
                       [table.model._meta.pk.get_db_prep_save(row.pk, connection)])
    assert any(line.startswith(f"{table.key_of(row)}: is gone") for line in named())
    transaction.savepoint_rollback(point)


@pytest.mark.parametrize(("part", "change"), [
    ("products_measurement", '"limit" = "limit" + 1 WHERE "limit" IS NOT NULL'),
    ("products_applicability", "level = 'X' WHERE level = 'M'"),
    ("products_receivedversion", "ordinal = ordinal + 7"),
])
def test_each_part_of_a_row_altered_by_sql_is_named(register, part, change):
    owner = "order:" if part == "products_receivedversion" else "item:"
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {part} SET {change}")
    assert named()
    assert {line.partition(":")[0] for line in named()} == {owner.rstrip(":")}


def test_invented_listing_is_named_and_verify_storage_ends_with_one(register, capsys):
    Listing.objects.filter(pk=register.listing.pk).update(status="withdrawn")
    listing = Listing.objects.get(pk=register.listing.pk)
    listing.pk, listing.listing_number, listing.report = None, "WAPI-2026-09999", None
    listing.save(force_insert=True)
    with pytest.raises(CommandError):
        call_command("verify_storage")
    said = capsys.readouterr().out
    assert "register listing:WAPI-2026-09999: stands in the table, but no act wrote it" in said
    assert f"register {TABLES['listing'].key_of(register.listing)}: differs from what listing.listed" in said


@pytest.mark.parametrize("kind", ["report", "certificate"])
def test_file_replaced_with_its_row_is_named_by_verify_storage(register, kind):
    assert list(storage_lines()) == []
    file = register.report.file if kind == "report" else StoredFile.objects.order_by("uploaded_at").last()
    StoredFile.objects.filter(pk=file.pk).update(sha256="0" * 64, sm3="0" * 64)
    assert any(line.startswith(f"register file:{file.pk}: differs from what file.stored") for line in storage_lines())


@pytest.mark.parametrize("forgery", [
    "UPDATE products_report SET conclusion = 'does_not_conform'",
    "UPDATE products_report SET issued_on = '2020-01-01'",
    "UPDATE products_listing SET model = 'FORGED'",
    "UPDATE products_listing SET status_since = '2020-01-01'",
    "UPDATE products_storedfile SET sha256 = '0'",
])
def test_forged_record_is_called_inconsistent_and_never_valid(register, client, forgery):
    number = register.report.number
    assert client.get(f"/api/v1/verify/{number}/").json()["state"] == "valid"
    with connection.cursor() as cursor:
        cursor.execute(forgery)
    answer = client.get(f"/api/v1/verify/{number}/").json()
    assert (answer["state"], answer["facts"], answer["conclusion"]) == ("inconsistent", None, None)
    page = client.get(f"/v/{number}/").content.decode()
    assert "记录异常" in page
    assert "报告有效" not in page


@pytest.mark.parametrize("forgery", ["model = 'FORGED'", "status = 'withdrawn'", "listed_on = '2020-01-01'"])
def test_page_of_a_forged_listing_says_so(register, client, forgery):
    address = f"/products/{register.listing.listing_number}/"
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE products_listing SET {forgery}")
    assert "记录异常" in client.get(address).content.decode()


def test_invented_listing_is_called_inconsistent_once_seals_have_begun(register, client):
    listing = Listing.objects.get(pk=register.listing.pk)
    listing.pk, listing.listing_number, listing.report = None, "WAPI-2026-09999", None
    listing.save(force_insert=True)
    assert "记录异常" not in client.get("/products/WAPI-2026-09999/").content.decode()
    append_entry(chain="seals", act=OPENED, actor=None, object_type="table", object_id="listing")
    shelf.clear()
    assert "记录异常" in client.get("/products/WAPI-2026-09999/").content.decode()
