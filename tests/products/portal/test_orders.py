"""What an applicant reads of an order, and the small acts: nothing unverified, no drafts, no names."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from products.files.models import StoredFile
from products.orders.models import Order
from products.orders.selectors import INTERNAL, TOLD
from products.orders.services import hold_order
from products.orders.states import Stage
from products.results.models import Attempt, Exclusion
from products.results.services import return_attempt
from products.rework.models import Answer, Reason, Rework
from products.rework.states import ReworkState
from products.templatetags.acts import ACTS
from tests.factories import orders
from tests.factories.files import upload
from tests.products.portal.conftest import SECRET_DRAFT, SECRET_REMARK, SECRET_VALUE
from tests.products.reading import beside, lost

pytestmark = pytest.mark.django_db
ANSWER = {"cause": "演示：定时器未启动", "changes": "演示：启动定时器", "hardware": "V1.0", "firmware": "1.0.1"}


def order_page(client, order):
    return client.get(reverse("portal-order", args=[order.number]))


def pages_of(client, world):
    """Every page on which something of the orders could show."""
    addresses = [reverse("portal"), "/my/?show=all",
                 *[reverse("portal-order", args=[row.number]) for row in (world.order, world.drafting.order)],
                 *[reverse("portal-rework", args=[row.number]) for row in (world.rework, world.drafting)]]
    return "".join(client.get(address).content.decode() for address in addresses)


def test_pages_show_no_result_that_nobody_verified(as_vendor, world):
    unverified = Attempt.objects.get(plan_item__order=world.order, acts__isnull=True)
    assert (unverified.verdict, SECRET_VALUE in str(unverified.values)) == ("FAIL", True)
    return_attempt(attempt=unverified, comment="演示：读数存疑", actor=world.cast.verifier)
    page = pages_of(as_vendor, world)
    assert [word for word in (SECRET_VALUE, SECRET_REMARK, "读数存疑") if word in page] == []
    counts = order_page(as_vendor, world.order).context["counts"]
    assert (counts["passed"], counts["failed"]) == (1, 1)


def test_pages_show_neither_drafted_findings_nor_advice_on_repairs(as_vendor, world):
    page = pages_of(as_vendor, world)
    advice = [row.fix_zh for row in Reason.objects.exclude(fix_zh="")]
    assert advice
    assert [text for text in [*advice, SECRET_DRAFT, "起草整改通知"] if text in page] == []
    drafted = as_vendor.get(reverse("portal-rework", args=[world.drafting.number])).content.decode()
    assert "待定位" in drafted
    assert "演示：不应答重复请求" in as_vendor.get(
        reverse("portal-rework", args=[world.rework.number])).content.decode()


def test_pages_name_no_person_of_the_laboratory(as_vendor, world):
    names = [f"演示{who}" for who in ("tester", "verifier", "intake", "signatory", "decider", "quality")]
    page = pages_of(as_vendor, world) + order_page(as_vendor, world.report.order).content.decode()
    assert [name for name in names if name in page] == []


def test_history_for_applicants_is_told_in_acts_that_exist():
    assert ACTS.keys() >= INTERNAL | TOLD
    assert not INTERNAL & TOLD


def test_history_shows_why_an_order_is_held(as_vendor, world):
    hold_order(order=world.order, actor=world.cast.intake, reason="演示：等待配件")
    assert order_page(as_vendor, world.order).content.decode().count("演示：等待配件") >= 2


def test_history_by_api_holds_back_the_same(as_vendor, world):
    return_attempt(attempt=Attempt.objects.get(plan_item__order=world.order, acts__isnull=True),
                   comment="演示：读数存疑", actor=world.cast.verifier)
    address = f"/api/v1/orders/{world.order.number}/history/"
    assert "读数存疑" not in as_vendor.get(address).content.decode()
    as_vendor.force_login(world.cast.auditor)
    assert "读数存疑" in as_vendor.get(address).content.decode()


def test_accept_of_a_waiver_is_noted_once(as_vendor, world):
    address = reverse("portal-waiver", args=[world.order.number, world.waiver.pk])
    assert "请确认豁免" in order_page(as_vendor, world.order).content.decode()
    for _click in range(2):
        assert as_vendor.post(address).status_code == 302
    assert Exclusion.objects.get(pk=world.waiver.pk).vendor == world.cast.vendor
    assert "请确认豁免" not in order_page(as_vendor, world.order).content.decode()


def test_cancel_asks_for_a_reason_and_happens_once(as_vendor, world):
    address = reverse("portal-order-cancel", args=[world.draft.number])
    empty = as_vendor.post(address, {"reason": " "})
    assert (empty.status_code, beside(empty, "reason") != "") == (422, True)
    version = world.draft.row_version
    assert as_vendor.post(address, {"reason": "演示：项目中止", "row_version": version}).status_code == 302
    assert Order.objects.get(pk=world.draft.pk).stage == Stage.CANCELLED
    again = as_vendor.post(address, {"reason": "演示：再次", "row_version": version + 1})
    assert (again.status_code, lost(again, {"reason": "演示：再次"})) == (409, {})


def test_cancel_of_a_stale_page_tells_what_stands(as_vendor, world):
    address = reverse("portal-order-cancel", args=[world.draft.number])
    typed = {"reason": "演示：中止", "row_version": 99}
    answer = as_vendor.post(address, typed)
    assert (answer.status_code, lost(answer, typed)) == (412, {})
    assert "现为“草稿”" in answer.content.decode()


def test_answer_with_files_passes_the_turn(as_vendor, world):
    address = reverse("portal-rework", args=[world.rework.number])
    answer = as_vendor.post(address, {**ANSWER, "attachments": [upload("note.txt"), upload("capture.pcap")]})
    assert answer.status_code == 302
    assert Answer.objects.get().files.count() == 2
    page = as_vendor.get(address).content.decode()
    assert all(word in page for word in ("note.txt", "capture.pcap", "定时器未启动"))
    assert as_vendor.post(address, ANSWER).status_code == 409


def test_answer_with_a_file_that_is_not_what_its_name_says_saves_nothing(as_vendor, world):
    before = StoredFile.objects.count()
    answer = as_vendor.post(reverse("portal-rework", args=[world.rework.number]),
                            {**ANSWER, "attachments": [upload("note.txt"), upload("photo.png", b"MZ\x90\x00\x03")]})
    assert answer.status_code == 422
    assert "photo.png：" in beside(answer, "attachments")
    assert lost(answer, ANSWER) == {}
    assert (StoredFile.objects.count(), Answer.objects.count()) == (before, 0)


@pytest.mark.parametrize("field", ["cause", "changes", "firmware"])
def test_answer_that_lacks_a_part_says_so_beside_it(as_vendor, world, field):
    typed = {**ANSWER, field: " "}
    answer = as_vendor.post(reverse("portal-rework", args=[world.rework.number]), typed)
    assert (answer.status_code, beside(answer, field) != "") == (422, True)
    assert lost(answer, {name: value for name, value in typed.items() if name != field}) == {}


def test_answer_of_a_stale_page_is_refused_with_what_stands(as_vendor, world):
    typed = {**ANSWER, "row_version": 99}
    answer = as_vendor.post(reverse("portal-rework", args=[world.rework.number]), typed)
    assert (answer.status_code, lost(answer, typed)) == (412, {})
    assert "该整改已被他人更新" in answer.content.decode()
    assert not Answer.objects.exists()


def test_abandon_asks_for_a_reason_and_ends_the_rework(as_vendor, world):
    address = reverse("portal-rework-abandon", args=[world.rework.number])
    empty = as_vendor.post(address, {"reason": ""})
    assert (empty.status_code, beside(empty, "reason", "abandon_%s") != "") == (422, True)
    assert as_vendor.post(address, {"reason": "演示：不再整改"}).status_code == 302
    assert Rework.objects.get(pk=world.rework.pk).state == ReworkState.ABANDONED
    again = as_vendor.post(address, {"reason": "演示：又一次"})
    assert (again.status_code, lost(again, {"reason": "演示：又一次"})) == (409, {})


def test_overview_lists_what_waits_and_asks_the_same_for_any_number_of_orders(as_vendor, world):
    page = as_vendor.get(reverse("portal")).content.decode()
    assert all(word in page for word in ("答复整改", "接受豁免", world.rework.order.device.model))
    with CaptureQueriesContext(connection) as few:
        as_vendor.get("/my/?show=all")
    for _more in range(3):
        orders.accepted(world.cast)
    with CaptureQueriesContext(connection) as many:
        as_vendor.get("/my/?show=all")
    assert len(many) == len(few) <= 20


def test_order_page_asks_a_bounded_number_of_queries(as_vendor, world):
    for order in (world.draft, world.order, world.report.order):
        with CaptureQueriesContext(connection) as asked:
            assert order_page(as_vendor, order).status_code == 200
        assert len(asked) <= 36, order.stage


def test_answer_that_is_refused_leaves_no_bytes_behind(as_vendor, world, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploaded"
    address = reverse("portal-rework", args=[world.rework.number])
    typed = {**ANSWER, "row_version": "99", "attachments": [upload("note.txt")]}
    assert as_vendor.post(address, typed).status_code == 412
    assert [path for path in (tmp_path / "uploaded").rglob("*") if path.is_file()] == []


def test_no_other_verb_on_a_waiver_is_taken_for_consent(as_vendor, world):
    address = f"/my/orders/{world.order.number}/exclusions/{world.waiver.pk}/refuse/"
    assert as_vendor.post(address).status_code == 404
    assert Exclusion.objects.get(pk=world.waiver.pk).vendor is None
