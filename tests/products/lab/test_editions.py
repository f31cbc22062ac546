"""An edition goes from draft to retired by the pages, and every refusal is told."""

from typing import Any

import pytest
from django.urls import reverse

from products.suites.models import Edition
from tests.factories import catalogue as factory
from tests.products.reading import beside, lost

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(cast: Any, catalogue: Any) -> Edition:
    return factory.draft_edition(editor=cast.editor)


def move(client, who, edition, verb, **typed):
    client.force_login(who)
    return client.post(reverse("lab-edition-move", args=[edition.slug, verb]), typed)


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
