"""Notices: told once, read by their recipient, mailed by the worker."""

import pytest
from django.core import mail
from django.urls import reverse

from members.notices import services
from members.notices.models import Notice
from members.notices.rendering import words_of
from members.notices.selectors import notices_of, unread_notices
from members.people.models import User
from members.people.states import Role

pytestmark = pytest.mark.django_db
FACTS = {"number": "WAPI-T-2026-0001", "model": "DEMO-1", "reason": "样品<有误>", "order": "WT-2026-0001"}


def tell(cast, key="1"):
    return services.notify_company(company=cast.vendor.company, event="report.withdrawn", key=key, facts=FACTS,
                                   address="/my/")


def test_notify_company_tells_its_active_people_once(cast):
    tell(cast)
    tell(cast)
    assert [row.recipient for row in Notice.objects.all()] == [cast.vendor]
    assert not notices_of(cast.stranger).exists()


def test_notify_role_tells_whoever_holds_it(cast):
    services.notify_role(role=Role.QM, event="report.withdrawal_requested", key="1", facts=FACTS)
    assert [row.recipient for row in Notice.objects.all()] == [cast.quality]


def test_words_of_a_notice_are_plain_text(cast):
    tell(cast)
    words = words_of(Notice.objects.get())
    assert words.subject == "测试报告 WAPI-T-2026-0001 已撤回"
    assert "原因：样品<有误>。" in words.body


def test_send_mails_sends_each_notice_once_to_whoever_has_an_address(cast, settings):
    settings.PUBLIC_URL = "https://wapi.example.cn"
    User.objects.filter(pk=cast.vendor.pk).update(email="vendor@example.cn")
    tell(cast)
    services.notify_role(role=Role.QM, event="report.withdrawal_requested", key="1", facts=FACTS)
    assert [services.send_mails(), services.send_mails()] == [1, 0]
    sent, = mail.outbox
    # Nobody knows this reader's language yet, so the mail is in both; who writes stands before the subject.
    assert (sent.to, sent.subject) == (["vendor@example.cn"], (
        "【WAPI产业联盟】测试报告 WAPI-T-2026-0001 已撤回 / Test report WAPI-T-2026-0001 is withdrawn"))
    assert sent.body.count("https://wapi.example.cn/my/\n") == 2
    assert sent.body.startswith("演示vendor，您好：\n\n")


def test_send_mails_that_fails_is_written_down_and_tried_again(cast, settings):
    settings.EMAIL_BACKEND, settings.MAIL_TRIES = "no.such.Backend", 2
    User.objects.filter(pk=cast.vendor.pk).update(email="vendor@example.cn")
    tell(cast)
    assert [services.send_mails() for _try in range(3)] == [0, 0, 0]
    row = Notice.objects.get()
    assert (row.mail_tries, row.mailed_at, row.mail_error[:19]) == (2, None, "ModuleNotFoundError")


def test_mark_read_of_another_persons_notice_is_refused(cast):
    tell(cast)
    with pytest.raises(Notice.DoesNotExist):
        services.mark_read(notice=Notice.objects.get(), actor=cast.stranger)
    assert unread_notices(cast.vendor).count() == 1


def test_page_shows_own_notices_only_and_marks_them_read(client, cast):
    tell(cast)
    notice = Notice.objects.get()
    client.force_login(cast.stranger)
    assert FACTS["number"] not in client.get(reverse("notices")).content.decode()
    assert client.post(reverse("notice-read", args=[notice.pk])).status_code == 404
    client.force_login(cast.vendor)
    assert "样品&lt;有误&gt;" in client.get(reverse("notices")).content.decode()
    assert client.post(reverse("notice-read", args=[notice.pk])).url == "/my/"
    assert not unread_notices(cast.vendor).exists()


def test_read_all_marks_the_readers_own_only(client, cast):
    tell(cast)
    client.force_login(cast.stranger)
    client.post(reverse("notices-read-all"))
    assert unread_notices(cast.vendor).count() == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_page_needs_as_many_queries_for_three_as_for_one(client, cast, django_assert_num_queries, rows):
    for key in range(rows):
        tell(cast, str(key))
    client.force_login(cast.vendor)
    with django_assert_num_queries(7):
        client.get(reverse("notices"))


@pytest.mark.parametrize("name", ["notices", "notices-read-all"])
def test_pages_of_notices_ask_the_public_to_sign_in(client, db, name):
    answer = client.post(reverse(name)) if name != "notices" else client.get(reverse(name))
    assert answer.status_code == 302
