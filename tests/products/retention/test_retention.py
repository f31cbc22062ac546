"""What runs out goes, with an entry that explains it; what does not, or is held, stays."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as site
from django.core.management import CommandError, call_command
from django.utils import timezone

from members.access.models import Invitation, SignIn
from members.access.services import invite, note_sign_in
from members.access.states import SignInKind
from members.history.models import Entry
from members.history.selectors import breaks_in, entries_of, faults_in_history
from members.notices.models import Notice
from members.people.models import ApiToken
from members.people.services import issue_token, revoke_token
from members.people.states import Role
from members.requests.models import Answer
from products.certification import services as certifications
from products.equipment.models import Loan
from products.equipment.services import return_tool
from products.failures.models import Acknowledgement
from products.files.models import FileSummary, StoredFile
from products.files.selectors import files_not_as_stored
from products.files.services import drop_removed_bytes, store_file, summarise_file
from products.orders.models import Order
from products.orders.services import cancel_order, close_order, end_sample
from products.results.models import Evidence
from products.results.services import add_evidence
from products.retention.selectors import RULES, forecast, held, rules_that_end
from products.retention.services import apply_retention, place_hold
from products.retention.states import Kind
from products.subscriptions.models import OutgoingMail, Subscription
from products.webhooks.models import Delivery, Webhook
from tests.factories import certification, equipment, orders, reports
from tests.factories.files import upload

pytestmark = pytest.mark.django_db


def after(kind, *, more=1):
    """The day on which something of this kind that began now has run out (more=-1: the day before)."""
    return timezone.now() + timedelta(days=site.RETENTION_DAYS[kind] + more)


def went(now):
    """How much of which kind goes then; kinds of which nothing does are left out."""
    return {line.kind.value: line.count for line in apply_retention(now=now) if line.count}


def ended_with_evidence(cast):
    """A declined application with a capture and a photograph of which a small picture was made."""
    order = orders.in_testing(cast)
    evidence = [add_evidence(order=order, upload=upload(name), actor=cast.intake) for name in
                ("capture.pcap", "photo.png")]
    summarise_file(file_id=evidence[1].file_id)
    order.refresh_from_db()
    return cancel_order(order=order, actor=cast.intake, reason="演示：项目中止"), evidence


def test_files_of_an_ended_order_go_and_its_history_explains_the_gap(cast, catalogue, client, capsys):
    order, evidence = ended_with_evidence(cast)
    files = sorted((piece.file for piece in evidence), key=lambda file: str(file.pk))
    paths = [Path(file.content.path) for file in files]
    thumbnail = Path(FileSummary.objects.get(file=evidence[1].file).thumbnail.path)
    assert went(after("order_files", more=-1)) == {}
    assert went(after("order_files")) == {"order_files": 2}
    # A backup that began before finds the bytes for another day; nobody else does.
    assert all(path.exists() for path in [*paths, thumbnail])
    client.force_login(cast.tester)
    assert client.get(f"/lab/files/{files[0].pk}/").status_code == 410
    assert client.get(f"/lab/files/{evidence[1].file_id}/thumbnail/").status_code == 404
    assert went(after("order_files", more=2)) == {}
    assert not [path for path in [*paths, thumbnail] if path.exists()]

    entry = entries_of(order.chain).last()
    assert (entry.act, entry.actor_id, entry.after["kind"], entry.after["count"]) == (
        "files.removed", None, "order_files", 2)
    assert sorted(entry.after["files"], key=lambda row: row["id"]) == [
        {"id": str(file.pk), "sha256": file.sha256, "sm3": file.sm3} for file in files]
    assert (breaks_in(order.chain), list(faults_in_history())) == ([], [])

    call_command("verify_storage")
    told = capsys.readouterr().out.splitlines()
    assert told == [*(f"file {file.pk} {file.name}: removed on {entry.at:%Y-%m-%d} under retention" for file in files),
                    f"{StoredFile.objects.count()} files, no faults."]
    answer = client.get(f"/lab/files/{files[0].pk}/")
    assert (answer.status_code, "已按保存期限删除" in answer.content.decode()) == (410, True)
    assert client.get(f"/api/v1/evidence/{evidence[0].pk}/").json()["code"] == "removed"
    assert client.get(f"/lab/files/{evidence[1].file_id}/thumbnail/").status_code == 404
    # A further run finds nothing, and writes nothing.
    before = Entry.objects.count()
    assert (went(after("order_files", more=3)), Entry.objects.count()) == ({}, before)


def test_page_says_that_evidence_is_kept_no_longer(cast, catalogue, client):
    order = orders.in_testing(cast)
    evidence = add_evidence(order=order, item="IOP-01", upload=upload(), actor=cast.tester)
    cancel_order(order=orders.fresh(order), actor=cast.intake, reason="演示：项目中止")
    client.force_login(cast.auditor)
    address, link = f"/lab/orders/{order.number}/bench/items/IOP-01/", f"/lab/files/{evidence.file_id}/"
    page = client.get(address).content.decode()
    assert ("已按保存期限删除" in page, link in page) == (False, True)
    apply_retention(now=after("order_files"))
    page = client.get(address).content.decode()
    assert ("已按保存期限删除" in page, link in page, evidence.file.name in page) == (True, False, True)


def test_file_that_somebody_marks_as_removed_is_still_a_fault(cast, catalogue, capsys):
    _order, evidence = ended_with_evidence(cast)
    StoredFile.objects.filter(pk=evidence[0].file_id).update(removed_at=timezone.now(), content="")
    assert [(row.pk, fault) for row, fault in files_not_as_stored()] == [
        (evidence[0].file_id, "marked as removed, which the history does not say")]
    with pytest.raises(CommandError):
        call_command("verify_storage")


def test_run_that_was_killed_while_the_bytes_went_is_finished_by_the_next(cast, catalogue):
    _order, evidence = ended_with_evidence(cast)
    paths = [Path(piece.file.content.path) for piece in evidence]
    assert went(after("order_files")) == {"order_files": 2}
    # The first file's bytes went, but its row was not brought to say so.
    paths[0].unlink()
    late = after("order_files", more=3)
    assert (drop_removed_bytes(now=late), drop_removed_bytes(now=late)) == (2, 0)
    assert not paths[1].exists()


def test_order_that_is_taken_up_again_keeps_its_files(cast, catalogue):
    report = reports.issued(cast)
    order = report.order
    Evidence.objects.create(order=order, file=store_file(upload=upload(), actor=cast.tester), added_by=cast.tester)
    Order.objects.filter(pk=order.pk).update(stage="closed")
    due = next(rule for rule in rules_that_end() if rule.kind == Kind.ORDER_FILES)
    assert due.rows_due(after("order_files"), held()).count() == 1
    reports.amendment(cast, report)
    assert "order_files" not in went(after("order_files"))


def test_files_stay_while_the_listing_is_in_force_and_for_their_time_after_it_ended(cast, catalogue):
    granted = certification.granted(cast)
    order = granted.order
    Evidence.objects.create(order=order, file=store_file(upload=upload(), actor=cast.tester), added_by=cast.tester)
    for sample in order.samples.filter(ended_at=None):
        end_sample(sample=sample, actor=cast.intake, ending="演示：已退还")
    close_order(order=orders.fresh(order), actor=cast.intake)
    late = after("order_files", more=1000)
    assert "order_files" not in went(late)
    certifications.withdraw_certification(certification=granted, actor=cast.decider, **certification.WHY)
    # Long closed, but withdrawn today.
    Order.objects.filter(pk=order.pk).update(stage_since=timezone.now() - timedelta(days=4000))
    assert went(after("order_files", more=-1)).get("order_files") is None
    assert went(after("order_files"))["order_files"] == 1
    # Report and certificate are issued and stay.
    granted.refresh_from_db()
    assert granted.report.file.removed_at is None
    assert StoredFile.objects.filter(removed_at__isnull=False).count() == 1


def test_file_that_a_running_order_uses_too_stays(cast, catalogue):
    _order, evidence = ended_with_evidence(cast)
    running = orders.in_testing(cast)
    Evidence.objects.create(order=running, file=evidence[0].file, added_by=cast.tester)
    assert went(after("order_files")) == {"order_files": 1}
    evidence[0].file.refresh_from_db()
    assert evidence[0].file.removed_at is None


@pytest.mark.parametrize("of", ["order", "company"])
def test_hold_keeps_files_and_drafts(cast, catalogue, of):
    order, _evidence = ended_with_evidence(cast)
    draft = orders.drafted(cast)
    if of == "order":
        place_hold(order=order, reason="演示：诉讼", actor=cast.quality)
        place_hold(order=draft, reason="演示：诉讼", actor=cast.quality)
    else:
        place_hold(company=cast.company_a, reason="演示：诉讼", actor=cast.quality)
    assert went(after("order_files")) == {}
    assert Order.objects.filter(pk=draft.pk).exists()


def test_draft_that_nobody_handed_in_goes_and_its_chain_says_so(cast, catalogue):
    old, fresh, submitted = orders.drafted(cast), orders.drafted(cast), orders.submitted(cast)
    returned = orders.returned(cast)
    Order.objects.filter(pk__in=[old.pk, fresh.pk, returned.pk]).update(
        created_at=timezone.now() - timedelta(days=site.RETENTION_DAYS["drafts"] + 1))
    # Made long ago, changed just now: only the history's clock says when.
    assert went(timezone.now()) == {}
    assert went(after("drafts")) == {"drafts": 2}
    assert set(Order.objects.values_list("pk", flat=True)) == {submitted.pk, returned.pk}
    assert [entry.act for entry in entries_of(old.chain)] == ["order.drafted", "order.draft_removed"]
    assert list(faults_in_history()) == []


def old_rows(cast):
    """One row of every small kind that will run out, made now; and beside each one that does not run out."""
    note_sign_in(kind=SignInKind.SIGNED_IN, user=cast.tester)
    note_sign_in(kind=SignInKind.WRONG_PASSWORD)
    Notice.objects.create(recipient=cast.tester, event="rework.message", key="1")
    Answer.objects.create(user=cast.tester, key="k", request_digest="0")
    Acknowledgement.objects.create(kind="notice", key="1", occurrence="1", comment="演示", by=cast.quality)
    invite(email="new@example.com", name="演示新人", username="new", staff_number="", roles=[Role.TE], company=None,
           actor=cast.admin)
    for label in ("ended", "kept"):
        token, _secret = issue_token(user=cast.tester, label=label, actor=cast.tester)
        if label == "ended":
            revoke_token(token=token, actor=cast.tester)
    waiting = Subscription.objects.create(email="a@example.com", language="en", target="search", words="x")
    follows = Subscription.objects.create(email="b@example.com", language="en", target="search", words="x",
                                          confirmed_at=timezone.now())
    OutgoingMail.objects.create(subscription=follows, kind="changes", sent_at=timezone.now())
    OutgoingMail.objects.create(subscription=follows, kind="changes")
    hook = Webhook.objects.create(company=cast.company_a, url="https://example.com/", nonce="n",
                                  created_by=cast.vendor)
    for number, taken in enumerate([timezone.now(), None]):
        Delivery.objects.create(webhook=hook, event="order.moved", event_id=str(number), occurred_at=timezone.now(),
                                delivered_at=taken)
    store_file(upload=upload(), actor=cast.tester)
    return waiting


def test_each_small_kind_goes_after_its_days_and_no_sooner(cast):
    old_rows(cast)
    expected = {"sign_ins": 2, "notices": 1, "answers": 1, "acknowledgements": 1, "invitations": 1, "tokens": 1,
                "unconfirmed": 1, "mails": 1, "deliveries": 1, "loose_files": 1}
    begun = timezone.now()
    for rule in rules_that_end():
        days = site.RETENTION_DAYS[rule.kind] + (site.INVITATION_DAYS if rule.kind == Kind.INVITATIONS else 0)
        if rule.kind.value in expected:
            assert rule.rows_due(begun + timedelta(days=days - 1), held()).count() == 0, rule.kind
    assert went(begun + timedelta(days=500)) == expected
    assert (SignIn.objects.count(), Notice.objects.count(), Invitation.objects.count()) == (0, 0, 0)
    assert ApiToken.objects.get().label == "kept"
    assert Subscription.objects.get().email == "b@example.com"
    assert OutgoingMail.objects.get().sent_at is None
    assert Delivery.objects.get().delivered_at is None
    noted = entries_of("retention").filter(act="retention.removed").values_list("object_id", "after")
    assert {key: value["count"] for key, value in noted} == expected


def test_hold_on_a_person_keeps_what_is_theirs_and_nothing_else(cast):
    old_rows(cast)
    note_sign_in(kind=SignInKind.SIGNED_IN, user=cast.verifier)
    place_hold(user=cast.tester, reason="演示：调查", actor=cast.quality)
    gone = went(timezone.now() + timedelta(days=500))
    assert gone.keys() == {"sign_ins", "acknowledgements", "invitations", "unconfirmed", "mails", "deliveries"}
    assert list(SignIn.objects.values_list("user", flat=True)) == [cast.tester.pk]
    assert (Notice.objects.count(), ApiToken.objects.count(), Answer.objects.count()) == (1, 2, 1)


def test_loan_keeps_its_record_and_loses_the_name(cast):
    loan = return_tool(loan=equipment.lent(cast), actor=cast.intake, condition="外观完好")
    assert went(after("loans", more=-1)).get("loans") is None
    assert went(after("loans", more=3))["loans"] == 1
    loan.refresh_from_db()
    assert (loan.contact, Loan.objects.count()) == ("", 1)


def test_dry_run_counts_and_touches_nothing(cast, catalogue, capsys, settings):
    ended_with_evidence(cast)
    note_sign_in(kind=SignInKind.SIGNED_IN, user=cast.tester)
    settings.RETENTION_DAYS = site.RETENTION_DAYS | {"sign_ins": 0, "order_files": 0}
    before = Entry.objects.count()
    call_command("apply_retention", "--dry-run")
    lines = capsys.readouterr().out.splitlines()
    assert "order_files: 2 (after 0 days)" in lines
    assert "sign_ins: 1 (after 0 days)" in lines
    assert len(lines) == len(rules_that_end())
    assert (Entry.objects.count(), SignIn.objects.count()) == (before, 1)
    call_command("apply_retention")
    assert SignIn.objects.count() == 0


def test_lots_are_small_and_each_has_its_entry(cast, monkeypatch):
    monkeypatch.setattr("products.retention.services.applying.ROWS_AT_ONCE", 2)
    for _nth in range(5):
        note_sign_in(kind=SignInKind.SIGNED_IN, user=cast.tester)
    assert went(after("sign_ins")) == {"sign_ins": 5}
    assert [entry.after["count"] for entry in entries_of("retention")] == [2, 2, 1]


def test_forecast_tells_what_goes_within_a_month(cast, settings):
    for days in (1, 10, 100):
        row = note_sign_in(kind=SignInKind.SIGNED_IN, user=cast.tester)
        SignIn.objects.filter(pk=row.pk).update(at=timezone.now() - timedelta(days=days))
    settings.RETENTION_DAYS = site.RETENTION_DAYS | {"sign_ins": 35}
    line = next(line for line in forecast() if line.rule.kind == Kind.SIGN_INS)
    assert (line.now, line.ahead) == (1, 2)


def test_table_names_every_kind_once_and_the_document_says_the_same():
    assert [rule.kind for rule in RULES] == list(Kind)
    assert {rule.kind.value for rule in rules_that_end()} == site.RETENTION_DAYS.keys()
    lines = (Path(site.BASE_DIR) / "docs" / "retention.md").read_text(encoding="utf-8").splitlines()
    table = {line.split("|")[1].strip(): line for line in lines if line.startswith("|") and "`" in line}
    assert table.keys() == {str(rule.kind.label) for rule in RULES}
    for rule in rules_that_end():
        cells = [cell.strip() for cell in table[str(rule.kind.label)].split("|")]
        assert f"`{rule.kind.value}`" in cells[2]
        assert cells[3].split("（")[0] == str(rule.days)

