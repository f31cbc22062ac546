"""Reworks by the API: finding, answer, scope, retest."""

import pytest
from django.core.files.base import ContentFile

from products.rework.models import Rework
from tests.factories import rework
from tests.factories.api import Api

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
FINDING = {"finding": "不应答重复请求", "finding_kind": "finding", "reasons": {rework.CODE: rework.REASON}}


def test_the_whole_round_by_the_api(cast):
    opened = rework.opened(cast)
    path = f"rework/{opened.number}/"
    shown = Api(cast.tester).post(f"{path}send/", FINDING, version=opened.row_version).json()
    assert (shown["state"], shown["rounds"][0]["items"][0]["item"]) == ("with_vendor", rework.CODE)
    upload = ContentFile(b"log", name="a.log")
    kept = Api(cast.vendor).post("files/", {"file": upload}, form="multipart").json()["id"]
    answer = {"cause": "定时器未启动", "changes": "启动定时器", "firmware": "1.0.1", "files": [kept]}
    shown = Api(cast.vendor).post(f"{path}answer/", answer, version=shown["row_version"]).json()
    answered = shown["rounds"][0]["answer"]
    assert (shown["state"], answered["firmware"], answered["files"][0]["id"]) == ("fix_claimed", "1.0.1", kept)
    scope = {"lines": [{"item": "IOP-01", "choice": "keep", "reason": "改动无关"}]}
    shown = Api(cast.verifier).post(f"{path}scope/", scope, version=shown["row_version"]).json()
    assert shown["state"] == "retest"
    assert {line["item"]: line["choice"] for line in shown["rounds"][0]["scope"]["lines"]} == {
        "IOP-01": "keep", rework.CODE: "repeat"}
    rework.retest(opened, cast)
    assert Api(cast.vendor).get(path).json()["state"] == "closed_pass"


def test_draft_and_its_reasons_stay_in_the_laboratory(cast):
    opened = rework.opened(cast)
    path = f"rework/{opened.number}/"
    drafted = Api(cast.tester).post(f"{path}draft/", FINDING, version=opened.row_version)
    assert (drafted.status_code, drafted.json()["draft"], drafted.json()["rounds"][0]["items"][0]["reason"]) == (
        200, FINDING["finding"], rework.REASON)
    seen = Api(cast.vendor).get(path).json()
    assert (seen["draft"], seen["rounds"][0]["items"][0]["reason"], seen["rounds"][0]["finding"]) == (None, None, None)


def test_people_appear_by_staff_number_alone(cast):
    closed = rework.closed_pass(cast)
    text = Api(cast.vendor).get(f"rework/{closed.number}/").content.decode()
    assert cast.tester.staff_number in text
    assert not any(person.name in text for person in (cast.tester, cast.verifier, cast.vendor))


@pytest.mark.parametrize(("who", "verb", "state"), [
    ("vendor", "abandon", "abandoned"), ("intake", "abandon", "abandoned"), ("verifier", "fail", "closed_fail")])
def test_rework_is_ended_with_a_reason(cast, who, verb, state):
    opened = rework.opened(cast)
    answer = Api(getattr(cast, who)).post(f"rework/{opened.number}/{verb}/", {"reason": "不再整改"},
                                          version=opened.row_version)
    assert (answer.status_code, answer.json()["state"], answer.json()["closing_reason"]) == (200, state, "不再整改")


def test_answer_with_a_file_of_another_company_is_refused(cast):
    sent = rework.with_vendor(cast)
    foreign = Api(cast.stranger).post("files/", {"file": ContentFile(b"x", name="x.txt")}, form="multipart").json()
    body = {"cause": "c", "changes": "c", "firmware": "1.0.1", "files": [foreign["id"]]}
    answer = Api(cast.vendor).post(f"rework/{sent.number}/answer/", body, version=sent.row_version)
    assert (answer.status_code, answer.json()["code"], Rework.objects.get().state) == (
        422, "file_unknown", "with_vendor")


def test_stale_and_unversioned_moves_are_refused(cast):
    opened = rework.opened(cast)
    path = f"rework/{opened.number}/send/"
    assert Api(cast.tester).post(path, FINDING).status_code == 428
    assert Api(cast.tester).post(path, FINDING, version=opened.row_version + 7).status_code == 412
    assert Rework.objects.get().state == "open"


def test_list_of_an_order_holds_its_reworks(cast, django_assert_num_queries):
    closed = rework.closed_pass(cast)
    api = Api(cast.vendor)
    with django_assert_num_queries(11):  # bounded: the account, its roles, the order, reworks, their parts, messages
        listed = api.get(f"orders/{closed.order.number}/rework/").json()["results"]
    assert [row["number"] for row in listed] == [closed.number]
