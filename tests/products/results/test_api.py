"""Results by the API: the plan, batches, verification, corrections, exclusions, evidence."""

import pytest
from django.core.files.base import ContentFile

from members.history.selectors import entries_of
from products.files.services import summarise_file
from products.orders.models import PlanItem
from products.results.models import Attempt, AttemptAct, Evidence, Exclusion
from products.results.services import propose_exclusion, rebuild_slots
from tests.factories import equipment, orders, results
from tests.factories.api import Api
from tests.factories.files import capture_of, picture
from tests.factories.seeds import seed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
PNG = picture()


@pytest.fixture
def order(cast):
    def build():
        equipment.tool(cast.quality)
        return orders.in_testing(cast)

    return seed("order in testing with a tool", build)


def rows(order, *codes, **changes):
    """Rows as a test rig sends them: JSON only, no verdict where none is asked."""
    return [{key: value.isoformat() if key == "performed_at" else value for key, value in row.items()}
            for row in results.rows(order, codes or None, **changes)]


def test_post_batch_records_every_row_with_one_history_entry(cast, order):
    sent = rows(order, "IOP-01", "FUN-RT-07")
    answer = Api(cast.tester).post(f"orders/{order.number}/attempts/", sent)
    assert answer.status_code == 201
    first = answer.json()[0]
    assert {key: first[key] for key in ("item", "ordinal", "revision", "verdict", "hardware", "firmware",
                                        "recorded_by", "verified_by", "state", "remark", "corrects")} == {
        "item": "IOP-01", "ordinal": 1, "revision": 1, "verdict": "PASS", "hardware": "V1.0", "firmware": "1.0.0",
        "recorded_by": cast.tester.staff_number, "verified_by": None, "state": "submitted", "remark": None,
        "corrects": None}
    assert [entry.act for entry in entries_of(order.chain)].count("results.recorded") == 1


def test_post_batch_of_all_items_needs_no_more_queries_per_row(cast, order, django_assert_max_num_queries):
    sent = rows(order)
    with django_assert_max_num_queries(45):
        assert Api(cast.tester).post(f"orders/{order.number}/attempts/", sent).status_code == 201
    assert Attempt.objects.count() == len(sent)


def test_post_batch_with_faults_names_row_and_field_and_saves_nothing(cast, order):
    sent = rows(order, "IOP-01", "FUN-RT-07")
    sent[1]["firmware"] = "9.9"
    answer = Api(cast.tester).post(f"orders/{order.number}/attempts/", sent)
    assert (answer.status_code, answer.json()["code"]) == (422, "batch_refused")
    assert [(row["row"], row["item"], row["field"], row["code"]) for row in answer.json()["errors"]] == [
        (1, "FUN-RT-07", "firmware", "version_not_received")]
    assert Attempt.objects.count() == 0


def test_post_same_batch_with_its_key_answers_again_and_without_is_refused(cast, order):
    sent, path = rows(order, "IOP-01"), f"orders/{order.number}/attempts/"
    first, again = (Api(cast.tester).post(path, sent, key="run-1") for _ in range(2))
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    refused = Api(cast.tester2).post(path, sent)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "already_recorded")
    assert Attempt.objects.count() == 1


def test_verify_batch_and_settle(cast, order):
    attempts = results.recorded(order, cast, ["IOP-01", "FUN-RT-07"], {"FUN-RT-07": "FAIL"})
    answer = Api(cast.verifier).post(f"orders/{order.number}/attempts/verify/",
                                     {"attempts": [row.pk for row in attempts]})
    assert (answer.status_code, {row["verified_by"] for row in answer.json()}) == (
        200, {cast.verifier.staff_number})
    shown = Api(cast.vendor).get(f"orders/{order.number}/").json()
    assert (shown["counts"]["passed"], shown["counts"]["failed"], shown["rounds"]) == (1, 1, 1)


def test_verify_batch_with_an_attempt_of_another_order_is_refused(cast, order):
    other = results.attempt(orders.in_testing(cast), cast)
    answer = Api(cast.verifier).post(f"orders/{order.number}/attempts/verify/", {"attempts": [other.pk]})
    assert (answer.status_code, answer.json()["code"], answer.json()["unknown"]) == (
        422, "attempt_unknown", [other.pk])
    assert AttemptAct.objects.count() == 0


def test_return_correct_verify_keeps_both_values(cast, order):
    attempt = results.attempt(order, cast)
    returned = Api(cast.verifier).post(f"attempts/{attempt.pk}/return/", {"comment": "备注不符"})
    assert (returned.status_code, returned.json()["state"]) == (200, "returned")
    body = {"row": {"remark": "已核对"}, "reason": "typing", "text": "备注写错"}
    corrected = Api(cast.tester).post(f"attempts/{attempt.pk}/correct/", body).json()
    assert (corrected["corrects"], corrected["revision"], corrected["remark"], corrected["correction_reason"]) == (
        attempt.pk, 2, "已核对", "typing")
    verified = Api(cast.verifier).post(f"attempts/{corrected['id']}/verify/").json()
    assert (verified["state"], verified["verified_by"]) == ("verified", cast.verifier.staff_number)
    states = [row["state"] for row in Api(cast.tester).get(f"orders/{order.number}/attempts/").json()["results"]]
    assert states == ["superseded", "verified"]


def test_invalidation_takes_two_people(cast, order):
    attempt = results.verified(order, cast, ["IOP-01"])[0]
    asked = Api(cast.verifier).post(f"attempts/{attempt.pk}/request-invalidation/", {"reason": "样品装错"})
    assert asked.json()["state"] == "invalidation_requested"
    done = Api(cast.quality).post(f"attempts/{attempt.pk}/invalidate/", {"reason": "属实"})
    assert (done.status_code, done.json()["state"]) == (200, "invalidated")


def test_vendor_sees_attempts_once_they_are_verified(cast, order):
    results.recorded(order, cast, ["FUN-RT-07"])
    results.verified(order, cast, ["IOP-01"])
    path = f"orders/{order.number}/attempts/"
    assert [row["item"] for row in Api(cast.vendor).get(path).json()["results"]] == ["IOP-01"]
    assert len(Api(cast.tester).get(path).json()["results"]) == 2


def test_plan_tells_of_each_item_why_and_where_it_stands(cast, order):
    results.verified(order, cast, ["IOP-01"])
    plan = {row["code"]: row for row in Api(cast.vendor).get(f"orders/{order.number}/plan/").json()}
    assert len(plan) == 125
    assert {key: plan["IOP-01"][key] for key in ("inclusion", "reason", "state", "verdict", "attempts")} == {
        "inclusion": "in", "reason": "mandatory", "state": "verified", "verdict": "PASS", "attempts": 1}
    assert plan["IOP-01"]["effective"]["recorded_by"] == cast.tester.staff_number
    assert plan["FUN-RT-07"]["parent"] == "FUN-RT"
    out = next(row for row in plan.values() if row["reason"] == "not_for_type")
    assert (out["inclusion"], out["state"], out["effective"]) == ("out", None, None)


def test_plan_of_a_draft_is_the_one_that_acceptance_would_freeze(cast):
    order = orders.drafted(cast)
    plan = Api(cast.vendor).get(f"orders/{order.number}/plan/").json()
    assert (len(plan), {row["state"] for row in plan}, {row["slot_version"] for row in plan}) == (125, {None}, {None})
    assert PlanItem.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_plan_asks_a_fixed_number_of_queries(cast, order, django_assert_num_queries, count):
    codes = [item.code for item in results.planned(order)][:count]
    results.verified(order, cast, codes)
    api = Api(cast.tester)
    with django_assert_num_queries(13):  # the account, its roles, the order, ten for the plan
        api.get(f"orders/{order.number}/plan/")


@pytest.mark.parametrize("count", [1, 3])
def test_attempts_ask_a_fixed_number_of_queries(cast, order, django_assert_num_queries, count):
    results.verified(order, cast, [item.code for item in results.planned(order)][:count])
    api = Api(cast.tester)
    with django_assert_num_queries(5):  # the account, its roles, the order, attempts, acts
        assert len(api.get(f"orders/{order.number}/attempts/").json()["results"]) == count


def test_plan_tells_a_vendor_neither_proposals_nor_unverified_records(cast, order):
    results.attempt(order, cast)
    propose_exclusion(order=order, item="IOP-07", kind="NA", reason="演示：内部", actor=cast.tester)
    propose_exclusion(order=order, item="IOP-08", kind="WAIVER", reason="演示：豁免", actor=cast.tester)
    path = f"orders/{order.number}/plan/"
    lab = {row["code"]: row for row in Api(cast.tester).get(path).json()}
    told = {row["code"]: row for row in Api(cast.vendor).get(path).json()}
    assert (lab["IOP-01"]["attempts"], lab["IOP-07"]["exclusion"]["proposed_by"]) == (1, cast.tester.staff_number)
    assert (told["IOP-01"]["attempts"], told["IOP-07"]["exclusion"]) == (0, None)
    assert (told["IOP-08"]["exclusion"]["reason"], told["IOP-08"]["exclusion"]["proposed_by"]) == ("演示：豁免", None)
    assert cast.tester.staff_number not in Api(cast.vendor).get(path).body.decode()


def test_exclusion_is_proposed_by_one_and_approved_by_another(cast, order):
    path = f"orders/{order.number}/items/FUN-RT-07/exclusion/"
    proposed = Api(cast.tester).post(f"{path}propose/", {"kind": "NT", "reason": "缺少附件"})
    assert (proposed.status_code, proposed.json()["state"]) == (201, "proposed")
    approved = Api(cast.verifier).post(f"{path}approve/")
    assert (approved.json()["state"], approved.json()["verified_by"]) == ("approved", cast.verifier.staff_number)
    again = Api(cast.verifier).post(f"{path}approve/")
    assert (again.status_code, again.json()["code"]) == (409, "illegal_transition")


def test_waiver_needs_vendor_and_quality_manager(cast, order):
    path = f"orders/{order.number}/items/FUN-RT-07/exclusion/"
    Api(cast.tester).post(f"{path}propose/", {"kind": "WAIVER", "reason": "客户场景不需要"})
    states = [Api(user).post(f"{path}{verb}/").json()["state"] for user, verb in (
        (cast.verifier, "approve"), (cast.vendor, "accept"), (cast.quality, "approve"))]
    assert states == ["proposed", "proposed", "approved"]


def test_refused_exclusion_gives_the_item_back(cast, order):
    path = f"orders/{order.number}/items/FUN-RT-07/exclusion/"
    Api(cast.tester).post(f"{path}propose/", {"kind": "NA", "reason": "无此接口"})
    refused = Api(cast.verifier).post(f"{path}refuse/", {"reason": "接口存在"})
    assert (refused.json()["state"], refused.json()["refusal"]) == ("refused", "接口存在")


def test_exclusion_of_an_unknown_item_is_not_found(cast, order):
    for code, verb in (("NO-SUCH", "propose"), ("IOP-01", "approve")):
        answer = Api(cast.tester).post(f"orders/{order.number}/items/{code}/exclusion/{verb}/",
                                       {"kind": "NA", "reason": "x"} if verb == "propose" else {})
        assert answer.status_code == 404
    assert Exclusion.objects.count() == 0


def test_evidence_is_kept_listed_and_handed_out(cast, order):
    attempt = results.attempt(order, cast)
    body = {"order": order.number, "attempt": attempt.pk, "note": "正面", "is_device_photograph": True,
            "file": ContentFile(PNG, name="样品.png")}
    answer = Api(cast.tester).post("evidence/", body, form="multipart")
    assert (answer.status_code, answer.json()["item"], answer.json()["file"]["media_type"]) == (
        201, "IOP-01", "image/png")
    listed = Api(cast.vendor).get(f"orders/{order.number}/evidence/").json()["results"]
    assert [row["id"] for row in listed] == [answer.json()["id"]]
    downloaded = Api(cast.vendor).get(f"evidence/{answer.json()['id']}/")
    assert downloaded.body == PNG
    assert downloaded.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_capture_is_listed_with_what_a_worker_found_in_it(cast, order):
    for name, content in (("a.pcap", capture_of(3, 12)), ("b.log", b"text")):
        body = {"order": order.number, "item": "IOP-01", "file": ContentFile(content, name=name)}
        answer = Api(cast.tester).post("evidence/", body, form="multipart").json()
        assert (answer["capture"] or {}).get("state") == ("waiting" if name == "a.pcap" else None)
    assert summarise_file(file_id=str(Evidence.objects.get(file__name="a.pcap").file_id))
    listed = Api(cast.tester).get(f"orders/{order.number}/evidence/").json()["results"]
    assert {row["file"]["name"]: row["capture"] for row in listed} == {"b.log": None, "a.pcap": {
        "state": "done", "frames": 2, "seconds": 1.0, "is_cut": False, "wai": {"3": 1, "12": 1}}}


@pytest.mark.parametrize("count", [1, 3])
def test_evidence_asks_a_fixed_number_of_queries(cast, order, django_assert_num_queries, count):
    for number in range(count):
        body = {"order": order.number, "file": ContentFile(capture_of(number), name=f"{number}.pcap")}
        assert Api(cast.tester).post("evidence/", body, form="multipart").status_code == 201
    api = Api(cast.tester)
    with django_assert_num_queries(4):  # the account, its roles, the order, evidence
        assert len(api.get(f"orders/{order.number}/evidence/").json()["results"]) == count
    assert Evidence.objects.count() == count


def test_tools_are_for_the_laboratory(cast, order):
    assert [len(Api(user).get("tools/").json()["results"]) for user in (
        cast.tester, cast.auditor, cast.vendor, cast.admin)] == [1, 1, 0, 0]


def test_slots_shown_are_those_that_the_records_give(cast, order):
    results.verified(order, cast, ["IOP-01"])
    before = Api(cast.tester).get(f"orders/{order.number}/plan/").json()
    rebuild_slots(order=order)
    after = Api(cast.tester).get(f"orders/{order.number}/plan/").json()
    assert [(row["code"], row["state"], row["verdict"]) for row in before] == [
        (row["code"], row["state"], row["verdict"]) for row in after]


def test_records_in_doubt_are_those_of_the_criteria_and_there_must_be_one(cast):
    order = orders.in_testing(cast)
    results.recorded(order, cast, ["IOP-01"])
    found = {query: Api(cast.quality).get(f"attempts/in-doubt/?{query}") for query in (
        f"tool=YS-001&person={cast.tester.staff_number}", "tool=YS-009", "until=2020-01-01", "")}
    assert [answer.status_code for answer in found.values()] == [200, 200, 200, 422]
    assert [[row["item"] for row in answer.json()["results"]] for answer in list(found.values())[:3]] == [
        ["IOP-01"], [], []]
