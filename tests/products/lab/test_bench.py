"""The bench: a batch is saved whole or not at all, and whoever comes second loses nothing and overwrites nothing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from products.results.models import Attempt, Evidence, Exclusion
from products.results.services import record_attempts
from tests.factories import equipment, orders, results
from tests.factories.files import upload
from tests.products.lab.conftest import with_many_tests
from tests.products.reading import boxes, lost

pytestmark = pytest.mark.django_db


def bench(order, name="lab-bench"):
    return reverse(name, args=[order.number])


def batch(order, **rows):
    """The form's common part and the rows."""
    return {"version": order.versions.get().pk, "tool": equipment.NUMBER,
            "performed_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M:%S"), **rows}


def row_of(response, code):
    """The HTML of the item's row."""
    page = response.content.decode()
    start = page.index(f'id="row-{code}"')
    return page[start:page.index("</tr>", start)]


def test_post_with_one_wrong_row_saves_nothing_and_keeps_everything(client, world):
    client.force_login(world.cast.tester)
    before = Attempt.objects.count()
    measured = next(item for item in results.planned(world.order)
                    if any(one.type == "number" for one in item.item_version.measurements.all()))
    key = next(one.key for one in measured.item_version.measurements.all() if one.type == "number")
    typed = batch(world.order, **{"verdict.FUN-02": "PASS", "remark.FUN-02": "演示：一次成功",
                                  f"value.{measured.code}.{key}": "三次", f"verdict.{measured.code}": "PASS"})
    answer = client.post(bench(world.order), typed)
    assert (answer.status_code, Attempt.objects.count()) == (422, before)
    held = {name: value for name, value in typed.items() if name in boxes(answer)}
    assert (lost(answer, typed), held.keys() >= {"verdict.FUN-02", f"value.{measured.code}.{key}"}) == ({}, True)
    assert 'class="refusal"' in row_of(answer, measured.code)
    assert 'class="refusal"' not in row_of(answer, "FUN-02")


def test_post_with_a_remark_alone_asks_for_the_verdict(client, world):
    client.force_login(world.cast.tester)
    answer = client.post(bench(world.order), batch(world.order, **{"remark.FUN-02": "演示：待定"}))
    assert answer.status_code == 422
    assert 'class="refusal"' in row_of(answer, "FUN-02")


def test_post_of_nothing_says_that_nothing_was_entered(client, world):
    client.force_login(world.cast.tester)
    assert client.post(bench(world.order), batch(world.order)).status_code == 422


def test_post_of_the_second_tester_shows_what_the_first_saved_and_keeps_its_own(client, world):
    client.force_login(world.cast.tester2)
    seen = boxes(client.get(bench(world.order)))
    rows = [results.row(item, "PASS") for item in results.planned(world.order, ["FUN-02"])]
    record_attempts(order=world.order, rows=rows, actor=world.cast.tester)
    typed = batch(world.order, **{"verdict.FUN-02": "FAIL", "remark.FUN-02": "演示：我看到失败",
                                  "verdict.FUN-04": "PASS", "slot_version.FUN-02": seen["slot_version.FUN-02"][0]})
    answer = client.post(bench(world.order), typed)
    assert answer.status_code == 409
    row = row_of(answer, "FUN-02")
    assert all(word in row for word in ("演示tester", "通过", "您填写的未保存", "演示：我看到失败"))
    assert lost(answer, {"verdict.FUN-04": "PASS"}) == {}
    assert [one.verdict for one in Attempt.objects.filter(plan_item__order=world.order,
                                                          plan_item__code="FUN-02")] == ["PASS"]
    assert not Attempt.objects.filter(plan_item__order=world.order, plan_item__code="FUN-04").exists()


def test_page_gives_derived_items_no_boxes(client, world):
    client.force_login(world.cast.tester)
    answer = client.get(bench(world.order))
    derived = [row.code for row in world.order.plan.filter(inclusion="in", item_version__result_type="derived")]
    assert derived
    assert [code for code in derived if "<input" in row_of(answer, code)] == []
    refused = client.post(bench(world.order), batch(world.order, **{f"verdict.{derived[0]}": "PASS"}))
    assert (refused.status_code, 'class="refusal"' in row_of(refused, derived[0])) == (422, True)


@pytest.mark.parametrize("who", ["auditor", "intake", "verifier"])
def test_page_is_to_be_read_by_whoever_does_not_test(client, world, who):
    client.force_login(getattr(world.cast, who))
    assert not [name for name in boxes(client.get(bench(world.order))) if name.startswith(("verdict.", "value."))]
    answer = client.post(bench(world.order), batch(world.order, **{"verdict.FUN-02": "PASS"}))
    assert answer.status_code == 403


@pytest.mark.parametrize(("name", "content"), [("photo.png", b"MZ\x90\x00\x03"), ("note.txt", b""), (None, b"")])
def test_attach_of_a_wrong_file_says_so_beside_it_and_keeps_the_note(client, world, name, content):
    client.force_login(world.cast.tester)
    typed = {"item": "FUN-02", "note": "演示：抓包"}
    files = {"file": upload(name, content)} if name else {}
    answer = client.post(bench(world.order, "lab-bench-attach"), {**typed, **files})
    page = answer.content.decode()
    assert (answer.status_code, lost(answer, typed)) == (422, {})
    assert 'class="refusal"' in page[page.index('id="attach-file"'):]
    assert not Evidence.objects.exists()


def test_exclude_without_reason_keeps_item_and_kind(client, world):
    client.force_login(world.cast.tester)
    typed = {"item": "FUN-04", "kind": "NT", "reason": ""}
    answer = client.post(bench(world.order, "lab-bench-exclude"), typed)
    page = answer.content.decode()
    assert (answer.status_code, lost(answer, typed)) == (422, {})
    assert 'class="refusal"' in page[page.index('id="exclude-reason"'):]
    assert Exclusion.objects.count() == 1


def test_pages_of_an_order_with_many_tests_ask_at_most_twenty_queries(client, world):
    order = with_many_tests(orders.in_testing(world.cast, "AP"), world.cast, times=5)
    assert Attempt.objects.filter(plan_item__order=order).count() > 200
    for who, name in [("tester", "lab-order"), ("tester", "lab-bench"), ("verifier", "lab-verify"),
                      ("quality", "lab-verify"), ("auditor", "lab-history")]:
        client.force_login(getattr(world.cast, who))
        with CaptureQueriesContext(connection) as asked:
            assert client.get(bench(order, name)).status_code == 200
        assert len(asked) <= 20, (name, [query["sql"][:120] for query in asked])


def test_queues_ask_the_same_for_any_number_of_orders(client, world):
    client.force_login(world.cast.verifier)
    with CaptureQueriesContext(connection) as few:
        page = client.get(reverse("lab"))
    for _more in range(3):
        orders.in_testing(world.cast)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("lab"))
    assert len(many) == len(few) <= 30
    counts = {card["key"]: card["count"] for card in page.context["cards"]}
    assert (counts["submitted"], counts["verify"], counts["rework"], counts["check"], counts["authorise"]) == (
        1, 1, 2, 1, 1)


@pytest.mark.parametrize("key", ["submitted", "verify", "rework", "vendor", "check", "decide", "overdue"])
def test_queue_lists_as_many_orders_as_it_counts(client, world, key):
    client.force_login(world.cast.verifier)
    page = client.get(f"{reverse('lab')}?queue={key}")
    card = next(card for card in page.context["cards"] if card["key"] == key)
    assert card["count"] == len(page.context["rows"])


@pytest.mark.parametrize(("name", "value"), [
    ("slot_version.FUN-02", "9" * 5000), ("performed_at", "0001-01-01T00:00+14:00"),
    ("performed_at", "9999-12-31T23:59-12:00"),
])
def test_post_of_numbers_and_moments_beyond_the_calendar_is_refused(client, world, name, value):
    client.force_login(world.cast.tester)
    typed = batch(world.order, **{"remark.FUN-02": "演示"}) | {name: value}
    assert client.post(bench(world.order), typed).status_code == 422
