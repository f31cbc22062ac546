"""What the bench's script asks for: batches that are saved once, colleagues' rows, one item by itself."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from products.results.models import Attempt, Evidence, Exclusion
from products.results.selectors import cursor_of
from products.results.services import record_attempts
from tests.factories import equipment, orders, results
from tests.factories.files import upload
from tests.products.reading import lost

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


def sent(world, *codes, verdict="PASS", **changes):
    """Rows as the script sends them."""
    rows = [results.row(item, verdict) for item in results.planned(world.order, codes)]
    return [{**row, "performed_at": timezone.now().isoformat(), **changes} for row in rows]


def save(client, world, rows, key="key-1", since=0):
    return client.post(reverse("lab-bench-save", args=[world.order.number]), json.dumps({"rows": rows, "since": since}),
                       content_type="application/json", headers={"Idempotency-Key": key})


def recorded(world, *codes):
    found = Attempt.objects.filter(plan_item__order=world.order, plan_item__code__in=codes)
    return sorted(found.values_list("plan_item__code", "verdict"))


def test_save_of_a_batch_records_it_and_answers_with_the_rows_as_they_stand(client, world):
    client.force_login(world.cast.tester)
    since = cursor_of(world.order)
    answer = save(client, world, sent(world, "FUN-02", "FUN-04"), since=since)
    assert (answer.status_code, recorded(world, "FUN-02", "FUN-04")) == (201, [("FUN-02", "PASS"), ("FUN-04", "PASS")])
    body = answer.json()
    assert body["cursor"] == since + 1
    assert body["rows"].keys() >= {"FUN-02", "FUN-04"}
    row = body["rows"]["FUN-02"]
    assert row["by"] == "演示tester"
    shown = ("演示tester", orders.FIRMWARE, equipment.NUMBER, 'data-closed="FUN-02"')
    assert all(word in row["html"] for word in shown)


def test_save_of_the_same_batch_again_records_it_once(client, world):
    client.force_login(world.cast.tester)
    rows = sent(world, "FUN-02")
    first, second = save(client, world, rows), save(client, world, rows)
    assert (first.status_code, second.status_code, first.json()["saved"]) == (201, 201, second.json()["saved"])
    assert recorded(world, "FUN-02") == [("FUN-02", "PASS")]
    assert save(client, world, sent(world, "FUN-04")).json()["code"] == "idempotency_key_reused"


def test_save_with_a_wrong_row_names_it_and_saves_none(client, world):
    client.force_login(world.cast.tester)
    rows = [*sent(world, "FUN-02"), *sent(world, "FUN-04", firmware="9.9")]
    answer = save(client, world, rows)
    assert (answer.status_code, [row["item"] for row in answer.json()["rows"]]) == (422, ["FUN-04"])
    assert recorded(world, "FUN-02", "FUN-04") == []


def test_save_of_what_a_colleague_saved_first_is_refused_with_the_colleagues_value(client, world):
    rows = [results.row(item, "PASS") for item in results.planned(world.order, ["FUN-02"])]
    record_attempts(order=world.order, rows=rows, actor=world.cast.tester)
    client.force_login(world.cast.tester2)
    answer = save(client, world, sent(world, "FUN-02", verdict="FAIL", slot_version=1))
    fault = answer.json()["rows"][0]
    assert (answer.status_code, fault["code"], fault["current"]["verdict"]) == (409, "already_recorded", "PASS")
    assert fault["current"]["recorded_by"] == "演示tester"
    assert recorded(world, "FUN-02") == [("FUN-02", "PASS")]


@pytest.mark.parametrize("body", ["[]", "nothing", '{"rows": {}, "since": 0}', '{"rows": [], "since": "0"}',
                                  '{"rows": [5], "since": 0}', '{"rows": [{"item": 5}], "since": 0}'])
def test_save_of_a_body_that_no_script_sends_is_refused(client, world, body):
    client.force_login(world.cast.tester)
    answer = client.post(reverse("lab-bench-save", args=[world.order.number]), body, content_type="application/json",
                         headers={"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["code"]) == (422, "batch_malformed")


@pytest.mark.parametrize("key", ["", "x" * 129])
def test_save_without_a_proper_key_is_refused(client, world, key):
    client.force_login(world.cast.tester)
    assert save(client, world, sent(world, "FUN-02"), key=key).json()["code"] == "idempotency_key_malformed"


def test_changes_show_a_colleagues_rows_and_nothing_while_nothing_happens(client, world, django_assert_max_num_queries):
    client.force_login(world.cast.tester2)
    address = f'{reverse("lab-bench-changes", args=[world.order.number])}?since={cursor_of(world.order)}'
    before = client.get(address)
    assert (before.status_code, before.json()["rows"]) == (200, {})
    with django_assert_max_num_queries(5):
        assert client.get(address, headers={"If-None-Match": before.headers["ETag"]}).status_code == 304
    rows = [results.row(item, "PASS") for item in results.planned(world.order, ["FUN-RT-07"])]
    record_attempts(order=world.order, rows=rows, actor=world.cast.tester)
    after = client.get(address, headers={"If-None-Match": before.headers["ETag"]})
    assert after.json()["rows"].keys() == {"FUN-RT", "FUN-RT-07"}
    assert after.json()["rows"]["FUN-RT-07"]["by"] == "演示tester"


def test_item_shows_every_record_and_takes_one_with_its_own_tool_and_time(client, world):
    client.force_login(world.cast.tester)
    address = reverse("lab-bench-item", args=[world.order.number, "FUN-02"])
    typed = {"verdict.FUN-02": "FAIL", "remark.FUN-02": "演示：两次断开", "version": world.order.versions.get().pk,
             "tool": equipment.NUMBER, "performed_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M:%S")}
    assert client.post(address, typed).status_code == 302
    page = client.get(address).content.decode()
    assert all(word in page for word in ("演示：两次断开", "演示tester", orders.FIRMWARE, equipment.NUMBER))
    assert client.get(reverse("lab-bench-item", args=[world.order.number, "FUN-99"])).status_code == 404


def test_item_corrects_its_newest_record_and_keeps_both(client, world):
    client.force_login(world.cast.tester)
    save(client, world, sent(world, "FUN-02"))
    address = reverse("lab-bench-item", args=[world.order.number, "FUN-02"])
    typed = {"act": "correct", "verdict": "FAIL", "class": "typing", "reason": "", "remark": "演示：手滑"}
    refused = client.post(address, typed)
    assert (refused.status_code, lost(refused, {"class": "typing"})) == (422, {})
    answer = client.post(address, {**typed, "reason": "演示：按错键", "since": cursor_of(world.order)},
                         headers=JSON)
    assert answer.json()["rows"].keys() >= {"FUN-02"}
    assert recorded(world, "FUN-02") == [("FUN-02", "FAIL"), ("FUN-02", "PASS")]


def test_script_excludes_and_attaches_without_leaving_the_grid(client, world):
    client.force_login(world.cast.tester)
    number = [world.order.number]
    left_out = client.post(reverse("lab-bench-exclude", args=number), {"item": "FUN-04", "kind": "NT", "reason": ""},
                           headers=JSON)
    assert (left_out.status_code, left_out.json()["field"]) == (422, "reason")
    since = cursor_of(world.order)
    done = client.post(reverse("lab-bench-exclude", args=number),
                       {"item": "FUN-04", "kind": "NT", "reason": "演示：无夹具", "since": since}, headers=JSON)
    assert 'data-closed="FUN-04"' in done.json()["rows"]["FUN-04"]["html"]
    done = client.post(reverse("lab-bench-attach", args=number),
                       {"item": "FUN-02", "file": upload("run.log", b"ok\n"), "since": since}, headers=JSON)
    assert done.json()["rows"].keys() >= {"FUN-02", "FUN-04"}
    wrong = client.post(reverse("lab-bench-attach", args=number), {"item": "FUN-02", "file": upload("a.png", b"MZ")},
                        headers=JSON)
    assert wrong.json()["code"] == "file_type_mismatch"
    assert (Evidence.objects.count(), Exclusion.objects.filter(plan_item__code="FUN-04").count()) == (1, 1)
