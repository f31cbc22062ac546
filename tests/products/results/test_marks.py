"""What a verifier is told to look at twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from products.results.models import Attempt
from products.results.selectors import chain_of, marks_of, records_of
from products.results.services import add_evidence, correct_attempt
from products.results.states import AttemptState, Mark
from products.rework.services import return_results
from tests.factories import orders, results
from tests.factories.files import upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


def marked(order):
    records = records_of(order)
    found = marks_of(records, order)
    return {(row.item.code, row.ordinal, row.revision): {one.mark for one in found[row.pk]} for row in records}


def test_marks_name_changes_missing_evidence_and_late_entry(cast):
    order = orders.in_testing(cast)
    order.versions.update(received_at=timezone.now() - timedelta(days=9))
    first = results.attempt(order, cast, performed_at=timezone.now() - timedelta(days=3))
    correct_attempt(attempt=first, row={"verdict": "FAIL", "performed_at": timezone.now()}, reason="typing",
                    text="演示", actor=cast.tester)
    assert marked(order) == {
        ("IOP-01", 1, 1): {Mark.NO_EVIDENCE, Mark.LATE}, ("IOP-01", 1, 2): {Mark.CHANGED, Mark.NO_EVIDENCE}}
    add_evidence(order=order, upload=upload(), item="IOP-01", actor=cast.tester)
    assert marked(order) == {("IOP-01", 1, 1): {Mark.LATE}, ("IOP-01", 1, 2): {Mark.CHANGED}}


def test_marks_name_values_far_from_those_of_other_orders_and_near_their_limit(cast):
    for value in ("3.0", "3.1", "2.9", "3.2", "3.0"):
        earlier = orders.in_testing(cast)
        item = results.planned(earlier, ["PER-04"])[0]
        row = results.row(item)
        row["values"]["t_ms"]["value"] = row["values"]["t_max_ms"]["value"] = value
        results.verified(earlier, cast, ["PER-04"], values=row["values"])
    order = orders.in_testing(cast)
    values = results.row(results.planned(order, ["PER-04"])[0])["values"]
    values["t_ms"]["value"] = values["t_max_ms"]["value"] = "30"
    results.recorded(order, cast, ["PER-04"], values=values)
    assert Mark.OUTLIER in marked(order)["PER-04", 1, 1]


def test_records_ask_a_fixed_number_of_queries(cast, django_assert_num_queries):
    order = orders.in_testing(cast)
    results.recorded(order, cast, ["IOP-01"])
    with django_assert_num_queries(5):
        assert len(records_of(order)) == 1
    results.recorded(order, cast, ["IOP-07", "IOP-08"])
    with django_assert_num_queries(5):
        assert len(records_of(order)) == 3


def test_return_of_several_takes_one_comment_and_shows_in_each_chain(cast):
    order = orders.in_testing(cast)
    attempts = results.recorded(order, cast, ["IOP-01", "IOP-07"])
    return_results(order=order, attempts=attempts, comment="演示：缺证据", actor=cast.verifier)
    assert {Attempt.objects.get(pk=row.pk).state for row in attempts} == {AttemptState.RETURNED}
    assert [[act.comment for act in link.attempt.acts.all()] for link in chain_of(attempts[0].plan_item)] == [
        ["演示：缺证据"]]
