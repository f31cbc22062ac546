"""Captures, logs and photographs beside the results."""

import pytest

from members.history.selectors import entries_of
from products.files.errors import FileTypeMismatch
from products.files.models import StoredFile
from products.orders.states import Stage
from products.results import errors
from products.results.models import Evidence
from products.results.selectors import attempts_visible_to, evidence_visible_to, photographs_of
from products.results.services import add_evidence
from tests.factories import orders, results
from tests.factories.files import upload
from tests.factories.seeds import seed
from wapicert.errors import Forbidden

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(cast, catalogue):
    return seed("order in testing", lambda: orders.in_testing(cast))


def test_add_evidence_to_an_attempt_keeps_file_item_and_history(cast, order):
    attempt = results.attempt(order, cast)
    evidence = add_evidence(order=order, attempt=attempt, upload=upload(), actor=cast.tester, note=" 演示抓包 ")
    assert (evidence.plan_item, evidence.attempt, evidence.note) == (attempt.plan_item, attempt, "演示抓包")
    entry = entries_of(order.chain).last()
    assert (entry.act, entry.after["sha256"], entry.after["item"]) == (
        "evidence.added", evidence.file.sha256, "IOP-01")


def test_add_evidence_as_device_photograph_is_found_for_the_report(cast, order):
    photograph = add_evidence(order=order, upload=upload("photo.png"), actor=cast.intake, is_device_photograph=True)
    add_evidence(order=order, item="IOP-01", upload=upload("photo.jpg"), actor=cast.tester)
    assert list(photographs_of(order)) == [photograph]


@pytest.mark.parametrize(
    ("changes", "error"),
    [({"item": "IOP-99"}, errors.ItemUnknown), ({"is_device_photograph": True}, errors.PhotographExpected),
     ({"upload": upload("photo.png", b"no picture")}, FileTypeMismatch)],
)
def test_add_evidence_that_is_refused_keeps_nothing(cast, order, settings, changes, error):
    with pytest.raises(error):
        add_evidence(**{"order": order, "upload": upload(), "actor": cast.tester, **changes})
    assert (Evidence.objects.count(), StoredFile.objects.count()) == (0, 0)
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []


def test_add_evidence_to_an_attempt_of_another_order_is_refused(cast, order):
    other = results.attempt(orders.in_testing(cast), cast)
    with pytest.raises(errors.AttemptUnknown):
        add_evidence(order=order, attempt=other, upload=upload(), actor=cast.tester)


@pytest.mark.parametrize("who", ["stranger", "signatory", "reviewer", "admin", "auditor"])
def test_add_evidence_without_a_part_in_it_is_refused(cast, order, who):
    with pytest.raises(Forbidden):
        add_evidence(order=order, upload=upload(), actor=getattr(cast, who))


def test_add_evidence_by_the_vendor_concerns_the_order_as_a_whole(cast, order):
    assert add_evidence(order=order, upload=upload("paper.pdf"), actor=cast.vendor).file.company == cast.company_a
    with pytest.raises(Forbidden):
        add_evidence(order=order, item="IOP-01", upload=upload(), actor=cast.vendor)


@pytest.mark.parametrize("stage", [Stage.SUBMITTED, Stage.REPORTING, Stage.DECIDED, Stage.CANCELLED])
def test_add_evidence_before_or_after_the_tests_is_refused(cast, catalogue, stage):
    with pytest.raises(errors.OrderNotInTesting):
        add_evidence(order=orders.order_in(stage, cast), upload=upload(), actor=cast.tester)


def test_records_are_visible_to_laboratory_and_own_vendor(cast, order):
    add_evidence(order=order, attempt=results.attempt(order, cast), upload=upload(), actor=cast.tester)
    people = {"tester": 1, "auditor": 1, "vendor": 1, "stranger": 0, "admin": 0}
    for who, count in people.items():
        actor = getattr(cast, who)
        assert (evidence_visible_to(actor).count(), attempts_visible_to(actor).count()) == (count, count), who
