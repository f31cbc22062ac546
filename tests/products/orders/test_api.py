"""Orders by the API: apply, look, move."""

import pytest

from members.history.models import Entry
from members.history.selectors import breaks_in, entries_of
from products.orders.models import Order
from products.orders.services import change_draft
from tests.factories import orders
from tests.factories.api import Api

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


def application(device, **changes):
    values = {"device": device.pk, "hardware": "V1.0", "firmware": "1.0.0", "features": {}}
    return values | changes


def test_the_way_to_testing_by_the_api_alone(cast):
    vendor, intake = Api(cast.vendor), Api(cast.intake)
    order = vendor.post("orders/", application(orders.device(cast))).json()
    path = f"orders/{order['number']}/"
    order = vendor.patch(path, {"remark": "加急"}, version=order["row_version"]).json()
    order = vendor.post(f"{path}submit/", {"has_agreed": True}, version=order["row_version"]).json()
    order = intake.post(f"{path}return/", {"reason": "缺说明书"}, version=order["row_version"]).json()
    assert (order["stage"], order["stage_reason"], order["turn"]["party"]) == ("returned", "缺说明书", "vendor")
    order = vendor.post(f"{path}submit/", {"has_agreed": True}, version=order["row_version"]).json()
    order = intake.post(f"{path}accept/", {"review": orders.REVIEWED}, version=order["row_version"]).json()
    assert (order["stage"], order["edition"], len(order["edition_fingerprint"])) == ("accepted", "2024-03", 64)
    sample = {"serial_number": "SN1", "hardware": "V1.0", "firmware": "1.0.0", "condition": "完好"}
    order = intake.post(f"{path}receive-sample/", sample, version=order["row_version"]).json()
    assert (order["stage"], order["turn"]["party"], order["counts"]["todo"] > 0) == ("testing", "laboratory", True)
    assert [version["firmware"] for version in order["versions"]] == ["1.0.0"]
    assert [row["serial_number"] for row in order["samples"]] == ["SN1"]
    acts = ["order.drafted", "order.changed", "order.submitted", "order.returned", "order.submitted", "order.accepted"]
    assert [entry.act for entry in entries_of(f"order:{order['number']}")][:6] == acts
    assert breaks_in(f"order:{order['number']}") == []


def test_get_shows_the_fields_of_the_contract(cast):
    order = orders.accepted(cast)
    shown = Api(cast.vendor).get(f"orders/{order.number}/").json()
    assert {key: shown[key] for key in ("number", "edition", "stage", "rounds", "row_version")} == {
        "number": order.number, "edition": "2024-03", "stage": "accepted", "rounds": 0,
        "row_version": order.row_version}
    assert shown["device"]["model"] == order.device.model
    assert set(shown["turn"]) == {"party", "since"}
    assert set(shown["counts"]) == {"todo", "passed", "failed", "other"}
    assert [shown["remark"], shown["stage_reason"]] == [None, None]


@pytest.mark.parametrize(("actor", "verb", "stage", "target"), [
    ("intake", "decline", "submitted", "declined"),
    ("intake", "hold", "testing", "on_hold"),
    ("intake", "resume", "on_hold", "testing"),
    ("vendor", "cancel", "submitted", "cancelled"),
    ("intake", "cancel", "testing", "cancelled"),
])
def test_verbs_move_the_order_and_give_it_back(cast, actor, verb, stage, target):
    body = {} if verb == "resume" else {"reason": "演示"}
    order = orders.order_in(stage, cast)
    answer = Api(getattr(cast, actor)).post(f"orders/{order.number}/{verb}/", body, version=order.row_version)
    assert (answer.status_code, answer.json()["stage"]) == (200, target)
    assert answer.headers["ETag"] == f'"{order.row_version + 1}"'


def test_close_waits_for_the_samples_to_go(cast):
    order = orders.decided(cast)
    intake, path = Api(cast.intake), f"orders/{order.number}"
    refused = intake.post(f"{path}/close/", version=order.row_version)
    assert (refused.status_code, refused.json()["code"]) == (409, "samples_remain")
    sample = order.samples.get()
    ended = intake.post(f"{path}/samples/{sample.pk}/end/", {"ending": "已退还"})
    assert (ended.status_code, ended.json()["samples"][0]["ending"]) == (200, "已退还")
    assert intake.post(f"{path}/close/", version=order.row_version).json()["stage"] == "closed"


def test_sample_of_another_order_is_not_found(cast):
    first, second = orders.in_testing(cast), orders.in_testing(cast)
    sample = second.samples.get()
    answer = Api(cast.intake).post(f"orders/{first.number}/samples/{sample.pk}/end/", {"ending": "x"})
    assert answer.status_code == 404


def test_stale_version_is_refused_and_shows_what_stands_now(cast):
    order = orders.drafted(cast)
    change_draft(order=order, actor=cast.vendor, remark="先到")
    answer = Api(cast.vendor).patch(f"orders/{order.number}/", {"remark": "后到"}, version=1)
    assert (answer.status_code, answer.json()["code"], answer.json()["row_version"]) == (412, "stale", 2)
    assert (Order.objects.get().remark, Entry.objects.filter(act="order.changed").count()) == ("先到", 1)


def test_posting_an_application_twice_with_one_key_opens_one_order(cast):
    body = application(orders.device(cast))
    answers = [Api(cast.vendor).post("orders/", body, key="one") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert Order.objects.count() == 1


def test_preview_explains_each_item_and_saves_nothing(cast):
    body = {"device_type": "SEN", "specification": orders.SPECIFICATIONS["SEN"], "features": {}}
    plan = Api(cast.vendor).post("orders/plan-preview/", body).json()
    assert (plan["edition"], len(plan["items"])) == ("2024-03", 125)
    assert plan["counted"] == sum(row["is_counted"] for row in plan["items"])
    assert {row["inclusion"] for row in plan["items"]} == {"in", "optional", "out"}
    assert all(row["reason_text"] for row in plan["items"])
    assert (Order.objects.count(), Entry.objects.filter(chain__startswith="order:").count()) == (0, 0)


def test_history_names_staff_to_staff_and_only_roles_to_vendors(cast):
    order = orders.submitted(cast)
    path = f"orders/{order.number}/history/"
    to_staff, to_vendor = (Api(user).get(path).json()["results"] for user in (cast.tester, cast.vendor))
    assert [row["act"] for row in to_staff] == [row["act"] for row in to_vendor] == [
        "order.drafted", "order.submitted"]
    assert [row["actor"] for row in to_staff] == [cast.vendor.staff_number] * 2
    assert [(row["actor"], row["actor_roles"], row["before"], row["after"]) for row in to_vendor] == [
        (None, ["VU"], None, None)] * 2


def test_lists_hold_what_the_reader_may_see(cast):
    orders.drafted(cast)
    orders.submitted(cast)
    counts = [len(Api(getattr(cast, who)).get("orders/").json()["results"])
              for who in ("vendor", "stranger", "intake", "auditor", "admin")]
    assert counts == [2, 0, 1, 2, 0]


def test_list_is_narrowed_by_stage_and_turn(cast):
    orders.drafted(cast)
    submitted = orders.submitted(cast)
    for query in ("stage=submitted", "turn=intake"):
        assert [row["number"] for row in Api(cast.vendor).get(f"orders/?{query}").json()["results"]] == [
            submitted.number]
    refused = Api(cast.vendor).get("orders/?stage=nowhere")
    assert (refused.status_code, refused.json()["field"]) == (422, "stage")


@pytest.mark.parametrize("rows", [1, 3])
def test_list_asks_a_fixed_number_of_queries(cast, django_assert_num_queries, rows):
    for _ in range(rows):
        orders.accepted(cast)
    api = Api(cast.intake)
    with django_assert_num_queries(5):  # the account, its roles, orders, counts, rounds
        assert len(api.get("orders/").json()["results"]) == rows


def test_list_comes_in_pages(cast):
    for _ in range(3):
        orders.drafted(cast)
    first = Api(cast.vendor).get("orders/?page_size=2").json()
    second = Api(cast.vendor).get(first["next"].replace("http://testserver", "")).json()
    assert [len(first["results"]), len(second["results"]), second["next"]] == [2, 1, None]


def test_one_order_asks_few_queries(cast, django_assert_max_num_queries):
    order = orders.in_testing(cast)
    with django_assert_max_num_queries(12):
        Api(cast.vendor).get(f"orders/{order.number}/")


def test_applicant_does_not_read_why_testing_was_reopened(cast):
    order = orders.in_testing(cast)
    Order.objects.filter(pk=order.pk).update(stage_reason="演示：内部更正原因")
    path = f"orders/{order.number}/"
    assert Api(cast.vendor).get(path).json()["stage_reason"] is None
    assert Api(cast.intake).get(path).json()["stage_reason"] == "演示：内部更正原因"
