"""Every act of the laboratory that is refused says why beside what was typed, keeps it, and changes nothing."""

import pytest
from django.urls import reverse

from members.history.models import Entry
from products.certification.models import Certification
from products.certification.selectors import basis_of
from products.certification.services import decide, suspend_certification
from products.orders.models import Order
from products.orders.services import change_draft, hold_order, return_order, submit_order
from products.orders.states import REVIEW
from products.reports.models import Report
from products.reports.services import request_withdrawal, return_report
from products.results.states import CorrectionReason
from products.rework.services import draft_finding
from products.rework.states import ScopeChoice
from tests.factories.people import PASSWORD
from tests.factories.rework import CODE
from tests.products.reading import beside, lost

pytestmark = pytest.mark.django_db
WHY = "演示：为何如此"


def post(client, who, order, name, *args, **typed):
    client.force_login(who)
    return client.post(reverse(name, args=[order.number, *args]), typed)


@pytest.fixture
def unchanged(world):
    """Asserts at the end that nothing was written."""
    before = Entry.objects.count()
    yield
    assert Entry.objects.count() == before


@pytest.mark.parametrize(("verb", "where", "typed", "field"), [
    ("return", "submitted", {"reason": " "}, "reason"),
    ("decline", "submitted", {"reason": ""}, "reason"),
    ("hold", "order", {"reason": ""}, "reason"),
    ("cancel", "order", {"reason": ""}, "reason"),
    ("receive_sample", "order", {"serial_number": "SN-0001", "hardware": "V1.0", "firmware": "1.0.0",
                                 "condition": "演示：完好"}, "serial_number"),
    ("receive_sample", "order", {"serial_number": "", "hardware": "V1.0", "firmware": "1.0.0",
                                 "condition": "演示：完好"}, "serial_number"),
])
def test_step_of_an_order_with_a_fault_says_it_beside_the_field(client, world, unchanged, verb, where, typed, field):
    typed = {**typed, "row_version": getattr(world, where).row_version}
    answer = post(client, world.cast.intake, getattr(world, where), "lab-order-move", verb, **typed)
    assert (answer.status_code, beside(answer, field, f"{verb}_%s") != "") == (422, True)
    assert lost(answer, {name: value for name, value in typed.items() if str(value).strip()}) == {}


@pytest.mark.parametrize("verb", ["accept", "return", "decline"])
def test_judging_an_application_without_naming_the_version_read_is_refused(client, world, unchanged, verb):
    typed = {"edition": world.catalogue.edition.pk, "reason": WHY} | {f"review.{key}": "on" for key in REVIEW}
    answer = post(client, world.cast.intake, world.submitted, "lab-order-move", verb, **typed)
    assert (answer.status_code, "请求未注明所读的版本" in answer.content.decode()) == (422, True)
    assert Order.objects.get(pk=world.submitted.pk).stage == "submitted"


@pytest.mark.parametrize("verb", ["accept", "return", "decline"])
def test_judging_an_application_from_a_page_that_shows_an_older_submission_says_what_changed(client, world, verb):
    order, cast = world.submitted, world.cast
    typed = {"edition": world.catalogue.edition.pk, "reason": WHY, "row_version": order.row_version}
    typed |= {f"review.{key}": "on" for key in REVIEW}
    return_order(order=order, actor=cast.intake, reason="演示：请补正")
    change_draft(order=order, actor=cast.vendor, firmware="9.9", product={"name_zh": "演示换名"})
    submit_order(order=order, actor=cast.vendor, has_agreed=True)
    answer = post(client, cast.intake, order, "lab-order-move", verb, **typed)
    page = answer.content.decode()
    assert (answer.status_code, "与您所读的相比已变化：" in page) == (412, True)
    assert "软件/固件版本" in page
    assert "产品名称" in page
    assert Order.objects.get(pk=order.pk).stage == "submitted"


def test_accept_with_an_open_point_keeps_those_that_were_confirmed(client, world, unchanged):
    typed = {"edition": world.catalogue.edition.pk, "row_version": world.submitted.row_version,
             "review.requirements": "on", "review.method": "on"}
    answer = post(client, world.cast.intake, world.submitted, "lab-order-move", "accept", **typed)
    assert answer.status_code == 422
    assert "受理评审尚有未确认的事项" in answer.content.decode()


def test_step_from_a_stale_page_tells_who_was_first(client, world):
    typed = {"reason": WHY, "row_version": world.submitted.row_version}
    return_order(order=world.submitted, actor=world.cast.intake, reason="演示：先到")
    answer = post(client, world.cast.intake, world.submitted, "lab-order-move", "return", **typed)
    page = answer.content.decode()
    assert (answer.status_code, lost(answer, typed)) == (412, {})
    assert "演示intake已于" in page
    assert Order.objects.get(pk=world.submitted.pk).stage_reason == "演示：先到"


def test_step_out_of_order_keeps_the_reason(client, world):
    hold_order(order=world.order, actor=world.cast.intake, reason="演示：先到")
    answer = post(client, world.cast.intake, world.order, "lab-order-move", "hold", reason=WHY)
    assert (answer.status_code, lost(answer, {"reason": WHY})) == (409, {})


def test_end_of_a_sample_without_words_keeps_the_page(client, world, unchanged):
    sample = world.order.samples.get()
    answer = post(client, world.cast.tester, world.order, "lab-sample-end", sample.pk, ending="演示：已退还")
    assert (answer.status_code, lost(answer, {"ending": "演示：已退还"})) == (403, {})


@pytest.mark.parametrize(("verb", "attempt", "who", "typed", "status"), [
    ("return", "waiting", "verifier", {"reason": " "}, 422),
    ("return", "waiting", "tester", {"reason": WHY}, 403),
    ("correct", "verified", "tester", {"class": CorrectionReason.values[-1], "verdict": "FAIL", "reason": ""}, 422),
    ("correct", "verified", "verifier", {"class": "", "verdict": "FAIL", "reason": WHY}, 403),
    ("request-invalidation", "verified", "verifier", {"reason": ""}, 422),
    ("request-invalidation", "verified", "tester", {"reason": WHY}, 403),
    ("invalidate", "doubted", "quality", {"reason": " "}, 422),
    ("invalidate", "doubted", "verifier", {"reason": WHY}, 403),
])
def test_act_on_a_record_with_a_fault_keeps_what_was_typed(client, world, unchanged, verb, attempt, who, typed, status):
    answer = post(client, getattr(world.cast, who), world.order, "lab-attempt", getattr(world, attempt).pk, verb,
                  **typed)
    page = answer.content.decode()
    assert answer.status_code == status
    assert 'role="alert"' in page
    shown = who != "tester" or verb != "return"
    assert lost(answer, {name: value for name, value in typed.items() if value.strip() and shown}) == {}


def test_refusal_of_an_exclusion_without_reason_says_so_beside_it(client, world, unchanged):
    answer = post(client, world.cast.verifier, world.order, "lab-exclusion", world.exclusion.pk, "refuse", reason="")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'class="refusal"' in page[page.index('id="exclusions"'):]


def test_verify_of_nothing_and_of_the_own_record_is_refused(client, world, unchanged):
    assert post(client, world.cast.verifier, world.order, "lab-verify").status_code == 422
    assert post(client, world.cast.tester, world.order, "lab-verify", attempt=world.waiting.pk).status_code == 403


def test_finding_without_reasons_or_text_keeps_everything(client, world, unchanged):
    order, number = world.open.order, world.open.number
    without_reason = post(client, world.cast.tester, order, "lab-rework-act", number, "send", finding=WHY,
                          finding_kind="explanation")
    page = without_reason.content.decode()
    assert (without_reason.status_code, lost(without_reason, {"finding": WHY, "finding_kind": "explanation"})) == (
        422, {})
    assert 'class="refusal"' in page[page.index(f'name="reason.{CODE}"'):]
    typed = {"finding": " ", f"reason.{CODE}": "RW-RT-03", "finding_kind": "finding"}
    without_text = post(client, world.cast.tester, order, "lab-rework-act", number, "send", **typed)
    page = without_text.content.decode()
    assert (without_text.status_code, lost(without_text, {f"reason.{CODE}": "RW-RT-03"})) == (422, {})
    assert 'class="refusal"' in page[page.index('name="finding"'):]


def test_finding_from_a_stale_page_shows_who_saved_and_keeps_the_text(client, world):
    typed = {"finding": WHY, "finding_kind": "finding", "row_version": world.open.row_version,
             f"reason.{CODE}": "RW-RT-03"}
    draft_finding(rework=world.open, actor=world.cast.tester2, finding="演示：先写的", finding_kind="finding",
                  reasons={})
    answer = post(client, world.cast.tester, world.open.order, "lab-rework-act", world.open.number, "draft", **typed)
    page = answer.content.decode()
    assert (answer.status_code, lost(answer, typed)) == (412, {})
    assert all(word in page for word in ("演示tester2", "起草整改通知", "演示：先写的"))


def test_scope_without_reasons_keeps_each_choice(client, world, unchanged):
    typed = {"choice.IOP-01": ScopeChoice.REPEAT.value, "common.keep": "", "common.repeat": ""}
    answer = post(client, world.cast.verifier, world.claimed.order, "lab-rework-act", world.claimed.number, "scope",
                  **typed)
    assert answer.status_code == 422
    assert lost(answer, {"choice.IOP-01": "repeat"}) == {}
    assert 'class="wrong"' in answer.content.decode()


@pytest.mark.parametrize(("verb", "who"), [("fail", "verifier"), ("abandon", "intake")])
def test_end_of_a_rework_asks_for_a_reason_and_for_the_right(client, world, unchanged, verb, who):
    order, number = world.open.order, world.open.number
    empty = post(client, getattr(world.cast, who), order, "lab-rework-act", number, verb, reason="")
    assert (empty.status_code, beside(empty, "reason", f"{verb}_%s") != "") == (422, True)
    wrong = post(client, world.cast.decider, order, "lab-rework-act", number, verb, reason=WHY)
    assert (wrong.status_code, lost(wrong, {"reason": WHY})) == (403, {})


def test_authorise_with_a_wrong_password_says_so_beside_it_and_never_sends_it_back(client, world, unchanged):
    answer = post(client, world.cast.signatory, world.checked.order, "lab-report-act", world.checked.pk, "authorise",
                  password="falsch-1234", row_version=world.checked.row_version)
    assert (answer.status_code, "密码不正确" in beside(answer, "password", "authorise_%s")) == (403, True)
    assert "falsch-1234" not in answer.content.decode()


def test_return_of_a_report_without_reason_or_from_a_stale_page_keeps_the_words(client, world):
    report, order = world.checked, world.checked.order
    empty = post(client, world.cast.signatory, order, "lab-report-act", report.pk, "return", reason="",
                 row_version=report.row_version)
    assert (empty.status_code, beside(empty, "reason", "return_%s") != "") == (422, True)
    return_report(report=report, actor=world.cast.signatory, reason="演示：先退回")
    stale = {"reason": WHY, "row_version": report.row_version}
    answer = post(client, world.cast.signatory, order, "lab-report-act", report.pk, "return", **stale)
    assert (answer.status_code, lost(answer, stale)) == (412, {})
    assert all(word in answer.content.decode() for word in ("演示signatory", "退回报告"))
    assert Report.objects.get(pk=report.pk).return_reason == "演示：先退回"


def test_recommend_and_decide_with_a_fault_keep_choice_and_words(client, world, unchanged):
    order, certification = world.recommended.order, world.recommended
    read = {"basis": basis_of(order).fingerprint}
    typed = {"grant": "no", "reason": WHY, "row_version": certification.row_version} | read
    answer = post(client, world.cast.decider, order, "lab-decide", password="falsch-1234", **typed)
    assert (answer.status_code, lost(answer, typed)) == (403, {})
    assert "密码不正确" in beside(answer, "password", "decide_%s")
    assert "falsch-1234" not in answer.content.decode()
    empty = post(client, world.cast.decider, order, "lab-decide", **{**typed, "reason": " "}, password=PASSWORD)
    assert (empty.status_code, beside(empty, "reason", "decide_%s") != "") == (422, True)
    again = post(client, world.cast.reviewer, order, "lab-recommend", grant="no", reason=WHY, **read)
    assert (again.status_code, lost(again, {"grant": "no", "reason": WHY})) == (409, {})


def test_decision_from_a_stale_page_shows_what_stands_and_by_whom(client, world):
    order = world.recommended.order
    typed = {"grant": "no", "reason": WHY, "row_version": world.recommended.row_version,
             "basis": basis_of(order).fingerprint}
    decide(certification=world.recommended, actor=world.cast.decider, grant=True, password=PASSWORD)
    answer = post(client, world.cast.decider, order, "lab-decide", password=PASSWORD, **typed)
    page = answer.content.decode()
    assert (answer.status_code, lost(answer, typed)) == (412, {})
    assert all(word in page for word in ("演示decider", "授予", "您填写的内容仍在下方"))
    stands = Certification.objects.get(pk=world.recommended.pk).row_version
    refused = post(client, world.cast.decider, order, "lab-certification", "suspend", public_reason_zh="",
                   public_reason_en="Demo", password=PASSWORD, row_version=stands)
    assert (refused.status_code, beside(refused, "public_reason_zh", "suspend_%s") != "") == (422, True)
    assert lost(refused, {"public_reason_en": "Demo"}) == {}
    assert Certification.objects.get(pk=world.recommended.pk).state == "valid"


def test_decision_page_that_names_no_version_is_refused(client, world, unchanged):
    order, certification = world.recommended.order, world.recommended
    full = {"grant": "yes", "row_version": certification.row_version, "basis": basis_of(order).fingerprint}
    for missing in ("row_version", "basis"):
        typed = {name: value for name, value in full.items() if name != missing}
        answer = post(client, world.cast.decider, order, "lab-decide", password=PASSWORD, **typed)
        assert (answer.status_code, "未说明您所读的版本" in answer.content.decode()) == (428, True)


@pytest.mark.parametrize("verb", ["suspend", "withdraw", "cancel"])
def test_step_of_a_certification_that_names_no_version_is_refused(client, world, verb):
    decide(certification=world.recommended, actor=world.cast.decider, grant=True, password=PASSWORD)
    answer = post(client, world.cast.decider, world.recommended.order, "lab-certification", verb, public_reason_zh=WHY,
                  password=PASSWORD)
    assert (answer.status_code, Certification.objects.get(pk=world.recommended.pk).state) == (428, "valid")


def test_decision_page_shows_what_is_open_and_refuses_the_grant_by_name(client, world):
    order, certification = world.recommended.order, world.recommended
    request_withdrawal(report=certification.report, actor=world.cast.signatory, reason=WHY, password=PASSWORD)
    client.force_login(world.cast.decider)
    page = client.get(reverse("lab-decision", args=[order.number])).content.decode()
    assert "已申请撤回，待质量负责人处理" in page
    answer = post(client, world.cast.decider, order, "lab-decide", grant="yes", password=PASSWORD,
                  row_version=certification.row_version, basis=basis_of(order).fingerprint)
    assert (answer.status_code, "已申请撤回" in answer.content.decode()) == (409, True)
    assert Certification.objects.get(pk=certification.pk).state == "recommended"


def test_lift_by_page_names_its_basis(client, world):
    case = decide(certification=world.recommended, actor=world.cast.decider, grant=True, password=PASSWORD)
    case = suspend_certification(certification=case, actor=world.cast.decider, public_reason_zh=WHY, password=PASSWORD)
    typed = {"public_reason_zh": WHY, "password": PASSWORD, "row_version": case.row_version}
    assert post(client, world.cast.decider, case.order, "lab-certification", "lift", **typed).status_code == 428
    read = {"basis": basis_of(case.order).fingerprint}
    assert post(client, world.cast.decider, case.order, "lab-certification", "lift", **typed, **read).status_code == 302
    assert Certification.objects.get(pk=case.pk).state == "valid"
