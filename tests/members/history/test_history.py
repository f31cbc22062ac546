"""The history: appended, chained, never changed."""

import pytest
from django.db import IntegrityError, connection, transaction

from members.history.models import Entry
from members.history.selectors import breaks_in, entries_of
from members.history.services import append_entry

pytestmark = pytest.mark.django_db


def append(act, **more):
    return append_entry(chain="order:X", act=act, actor=None, object_type="order", object_id="X", **more)


def test_append_entry_links_each_to_the_one_before():
    first, second = append("order.drafted"), append("order.submitted", after={"stage": "submitted"})
    assert [entry.sequence for entry in entries_of("order:X")] == [1, 2]
    assert second.previous_hash == first.hash
    assert breaks_in("order:X") == []


@pytest.mark.parametrize("sql", ["UPDATE members_entry SET reason = 'x'", "DELETE FROM members_entry"])
def test_entry_refuses_change_and_removal(sql):
    append("order.drafted", reason="why")
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert Entry.objects.get().reason == "why"


def test_breaks_in_names_the_entry_that_was_forged():
    append("order.drafted")
    forged = append("order.submitted")
    append("order.accepted")
    suffix = "_update" if connection.vendor == "sqlite" else " ON members_entry"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER members_entry_append_only{suffix}")
        cursor.execute("UPDATE members_entry SET reason = 'forged' WHERE id = %s", [forged.pk])
    assert breaks_in("order:X") == [2]
