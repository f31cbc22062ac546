"""An edition goes from draft to retired by the pages, and every refusal is told."""

from typing import Any

import pytest
import time_machine
from django.urls import reverse

from products.orders.errors import EditionNotAvailable
from products.orders.selectors import require_available
from products.suites.models import Edition, Measurement
from products.suites.selectors import current_edition, version_of
from products.suites.services import retire_ended_editions
from tests.factories import catalogue as factory
from tests.factories import orders
from tests.products.reading import beside, lost

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(cast: Any, catalogue: Any) -> Edition:
    return factory.draft_edition(editor=cast.editor)


def move(client, who, edition, verb, **typed):
    """Post the act from a page that was opened just now."""
    client.force_login(who)
    read = {"seen": version_of(Edition.objects.get(pk=edition.pk))}
    return client.post(reverse("lab-edition-move", args=[edition.slug, verb]), read | typed)


def test_pages_take_a_draft_to_its_end(client, cast, draft):
    client.force_login(cast.approver)
    page = client.get(reverse("lab-editions")).content.decode()
    changes = reverse("edition-changes", args=[draft.slug])
    assert all(word in page for word in (draft.label_zh, f'href="{changes}"'))
    assert "FUN-RT-01" in client.get(changes, follow=True).content.decode()
    assert move(client, cast.approver, draft, "approve").status_code == 302
    published = move(client, cast.approver, draft, "publish", available_on="2026-06-01", active_on="2026-07-01")
    assert published.status_code == 302
    assert move(client, cast.approver, draft, "retire", reason="演示：有新版本").status_code == 302
    draft.refresh_from_db()
    assert (draft.status, str(draft.active_on), draft.approved_by) == ("retired", "2026-07-01", cast.approver)


def test_draft_is_not_shown_to_the_public(client, cast, draft):
    assert client.get(reverse("edition", args=[draft.slug])).status_code == 404
    client.force_login(cast.vendor)
    assert client.get(reverse("lab-editions")).status_code == 404


def test_move_by_the_editor_or_out_of_order_is_refused_in_words(client, cast, draft):
    by_editor = move(client, cast.editor, draft, "approve")
    assert (by_editor.status_code, 'role="alert"' in by_editor.content.decode()) == (403, True)
    assert move(client, cast.approver, draft, "publish").status_code == 409
    assert move(client, cast.approver, draft, "unknown").status_code == 404


def test_publish_with_wrong_dates_and_retire_without_reason_keep_what_was_typed(client, cast, catalogue, draft):
    move(client, cast.approver, draft, "approve")
    typed = {"available_on": "2026-07-01", "active_on": "2026-06-01"}
    refused = move(client, cast.approver, draft, "publish", **typed)
    assert (refused.status_code, lost(refused, typed)) == (422, {})
    assert beside(refused, "active_on", f"{draft.slug}_publish_%s") != ""
    empty = move(client, cast.approver, catalogue.edition, "retire", reason=" ")
    assert (empty.status_code, beside(empty, "reason", f"{catalogue.edition.slug}_retire_%s") != "") == (422, True)


def test_last_edition_for_applications_ends_only_if_that_is_meant(client, cast, catalogue, draft):
    old, address = catalogue.edition, reverse("lab-editions")
    move(client, cast.approver, draft, "approve")
    move(client, cast.approver, draft, "publish")
    page = client.get(address).content.decode()
    assert [page.count(words) for words in ("以此版本为准</dd>", "可选用此版本</dd>")] == [1, 2]
    # The successor is published, but new applications need not follow it: nobody could apply any more.
    typed = {"reason": "演示：有新版", "replaced_by": draft.pk, "ends_on": "2099-01-01"}
    assert f'id="{old.slug}_retire_accepts_gap"' in page
    refused = move(client, cast.approver, old, "retire", **typed)
    assert (refused.status_code, lost(refused, typed)) == (409, {})
    assert beside(refused, "accepts_gap", f"{old.slug}_retire_%s") != ""
    old.refresh_from_db()
    assert (old.ends_on, current_edition()) == (None, old)
    assert move(client, cast.approver, old, "retire", **typed, accepts_gap="on").status_code == 302
    old.refresh_from_db()
    assert (str(old.ends_on), old.replaced_by) == ("2099-01-01", draft)


def test_edition_with_a_mandatory_successor_ends_without_further_ado(client, cast, catalogue, draft):
    move(client, cast.approver, draft, "approve")
    move(client, cast.approver, draft, "publish", is_mandatory="on", active_on="2098-01-01")
    early = move(client, cast.approver, catalogue.edition, "retire", reason="演示", ends_on="2097-12-31")
    late = move(client, cast.approver, catalogue.edition, "retire", reason="演示", ends_on="2098-01-01")
    assert (early.status_code, late.status_code) == (409, 302)


def test_withdrawn_edition_names_its_successor_runs_on_and_tells_who_is_concerned(client, cast, catalogue, draft):
    running = orders.in_testing(cast)
    move(client, cast.approver, draft, "approve")
    move(client, cast.approver, draft, "publish", is_mandatory="on")
    old = catalogue.edition
    for wrong, field in (({"replaced_by": old.pk}, "replaced_by"), ({"ends_on": "2020-01-01"}, "ends_on")):
        refused = move(client, cast.approver, old, "retire", reason="演示", **wrong)
        assert (refused.status_code, beside(refused, field, f"{old.slug}_retire_%s") != "") == (422, True)
    with time_machine.travel("2026-06-01T04:00:00Z", tick=False):
        later = move(client, cast.approver, old, "retire", reason="演示：有新版", replaced_by=draft.pk,
                     ends_on="2026-06-10")
        old.refresh_from_db()
        assert (later.status_code, old.status, require_available(old)) == (302, "published", old)
    with time_machine.travel("2026-06-10T04:00:00Z", tick=False):
        with pytest.raises(EditionNotAvailable) as refusal:
            require_available(old)
        assert (draft.label_zh in str(refusal.value), refusal.value.extra["replaced_by"]) == (True, draft.slug)
        assert (current_edition(), retire_ended_editions(), retire_ended_editions()) == (draft, 1, 0)
    running.refresh_from_db()
    assert (running.edition, running.stage) == (old, "testing")
    client.force_login(cast.vendor)
    told = client.get("/notices/").content.decode()
    assert all(word in told for word in (old.label_zh, draft.label_zh, "2026-06-10"))
    assert draft.label_zh in client.get(f"/editions/{old.slug}/").content.decode()


EDITS = {
    "limit": lambda draft: Measurement.objects.filter(item_version__edition=draft).exclude(limit=None).update(limit=50),
    "text": lambda draft: draft.items.filter(code="FUN-RT-02").update(requirement_zh="演示：改动"),
    "date": lambda draft: Edition.objects.filter(pk=draft.pk).update(active_on="2030-01-01"),
}


@pytest.mark.parametrize("what", EDITS)
def test_approve_from_a_page_opened_before_an_edit_is_refused(client, cast, draft, what):
    seen = version_of(draft)
    EDITS[what](draft)
    answer = move(client, cast.approver, draft, "approve", seen=seen)
    assert (answer.status_code, "该版本已有改动" in answer.content.decode()) == (412, True)
    draft.refresh_from_db()
    assert (draft.status, move(client, cast.approver, draft, "approve").status_code) == ("draft", 302)


@pytest.mark.parametrize("verb", ["publish", "retire"])
def test_publish_or_retire_from_a_page_opened_before_a_change_is_refused(client, cast, draft, verb):
    move(client, cast.approver, draft, "approve")
    if verb == "retire":
        move(client, cast.approver, draft, "publish")
    seen = version_of(Edition.objects.get(pk=draft.pk))
    Edition.objects.filter(pk=draft.pk).update(active_on="2030-01-01")
    assert move(client, cast.approver, draft, verb, seen=seen, reason="演示").status_code == 412


def test_act_on_an_edition_that_names_no_version_is_refused(client, cast, draft):
    assert move(client, cast.approver, draft, "approve", seen="").status_code == 428
