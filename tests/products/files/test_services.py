"""Uploads: what is kept, and every reason for which one is refused."""

import hashlib
import io

import pytest
from django.db import IntegrityError
from PIL import Image

from members.people.states import Role
from products.files import errors
from products.files.models import StoredFile
from products.files.selectors import files_visible_to
from products.files.services import store_file
from products.files.services.storing import display_name
from tests.factories.files import CAPTURE, CONTENTS, archive, picture, upload
from tests.factories.people import person
from wapicert.errors import DomainError, Forbidden

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", CONTENTS)
def test_store_file_of_allowed_kind_keeps_bytes_and_digests(cast, name):
    stored = store_file(upload=upload(name), actor=cast.tester, company=cast.company_a)
    stored.refresh_from_db()
    with stored.content.open() as content:
        assert content.read() == CONTENTS[name]
    assert (stored.name, stored.size) == (name, len(CONTENTS[name]))
    assert stored.sha256 == hashlib.sha256(CONTENTS[name]).hexdigest()
    assert (stored.company, stored.uploaded_by) == (cast.company_a, cast.tester)


def test_store_file_takes_sm3_as_the_standard_defines_it(cast):
    stored = store_file(upload=upload("note.txt", b"abc"), actor=cast.tester)
    assert stored.sm3 == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("note.txt", b"", "file_missing"),
        ("tool.exe", b"MZ", "file_kind_refused"),
        ("noextension", b"text", "file_kind_refused"),
        (".pcap", CAPTURE, "file_kind_refused"),
        ("capture.pcap", b"GIF89a", "file_type_mismatch"),
        ("capture.pcapng", CAPTURE, "file_type_mismatch"),
        ("photo.png", picture("JPEG"), "file_type_mismatch"),
        ("photo.jpg", picture()[:30], "file_type_mismatch"),
        ("paper.pdf", b"<html>", "file_type_mismatch"),
        ("note.txt", b"a\0b", "file_type_mismatch"),
        ("rig.log", b"\xff\xff\xff", "file_type_mismatch"),
        ("values.json", b"{not json", "file_type_mismatch"),
        ("values.xlsx", archive("a.txt"), "file_type_mismatch"),
        ("logs.zip", b"PK no archive", "file_type_mismatch"),
    ],
)
def test_store_file_of_wrong_content_is_refused_and_nothing_is_kept(cast, settings, name, content, code):
    with pytest.raises(DomainError) as caught:
        store_file(upload=upload(name, content), actor=cast.tester)
    assert (caught.value.code, caught.value.status, caught.value.field) == (code, 422, "file")
    assert StoredFile.objects.count() == 0
    assert not settings.MEDIA_ROOT.exists()


def test_store_file_over_the_limit_names_the_limit(cast, settings):
    settings.UPLOAD_LIMIT_BYTES = 1024
    with pytest.raises(errors.FileTooLarge) as caught:
        store_file(upload=upload("note.txt", b"x" * 1025), actor=cast.tester)
    assert "1.0" in str(caught.value.message)
    assert caught.value.extra == {"limit": 1024, "size": 1025}
    assert store_file(upload=upload("note.txt", b"x" * 1024), actor=cast.tester).size == 1024


def test_store_file_without_upload_is_refused(cast):
    with pytest.raises(errors.FileMissing):
        store_file(upload=None, actor=cast.tester)


def test_store_file_whose_row_fails_leaves_no_bytes(cast, settings, monkeypatch):
    def fail(self, **kwargs):
        raise IntegrityError

    monkeypatch.setattr(StoredFile, "save", fail)
    with pytest.raises(IntegrityError):
        store_file(upload=upload(), actor=cast.tester)
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []


def test_store_file_by_vendor_belongs_to_the_own_company(cast):
    assert store_file(upload=upload(), actor=cast.vendor).company == cast.company_a
    with pytest.raises(errors.FileOfAnotherCompany):
        store_file(upload=upload(), actor=cast.vendor, company=cast.company_b)


def test_store_file_by_whom_no_company_or_no_role_entitles_is_refused(cast):
    of_no_company, unconfirmed = person("nowhere", Role.VU), person("newcomer", company=cast.company_a)
    for actor in (of_no_company, unconfirmed):
        with pytest.raises(Forbidden):
            store_file(upload=upload(), actor=actor)
    store_file(upload=upload(), actor=cast.tester)
    assert not files_visible_to(of_no_company).exists()


@pytest.mark.parametrize("who", ["admin", "auditor"])
def test_store_file_without_a_right_is_refused(cast, who):
    with pytest.raises(Forbidden):
        store_file(upload=upload(), actor=getattr(cast, who))


@pytest.mark.parametrize(
    ("given", "shown"),
    [("C:\\抓包\\a.pcap", "a.pcap"), ("../../etc/passwd.txt", "passwd.txt"), ("a\u202e\x00b.txt", "ab.txt"),
     ("长" * 300 + ".pdf", "长" * 120 + ".pdf")],
)
def test_display_name_is_safe_and_short(given, shown):
    assert display_name(given) == shown


@pytest.mark.parametrize(
    ("who", "seen"),
    [("vendor", {"own"}), ("stranger", {"other"}), ("tester", {"own", "other", "laboratory"}),
     ("auditor", {"own", "other", "laboratory"}), ("admin", set())],
)
def test_files_visible_to_shows_each_what_is_theirs(cast, who, seen):
    owners = {"own": cast.company_a, "other": cast.company_b, "laboratory": None}
    for name, owner in owners.items():
        store_file(upload=upload(f"{name}.txt", b"secret"), actor=cast.tester, company=owner)
    assert {file.name.removesuffix(".txt") for file in files_visible_to(getattr(cast, who))} == seen


def test_store_file_refuses_a_photograph_that_breaks_off(cast):
    whole = io.BytesIO()
    Image.effect_noise((200, 200), 90).save(whole, "JPEG")
    with pytest.raises(errors.FileTypeMismatch):
        store_file(upload=upload("photo.jpg", whole.getvalue()[:1500]), actor=cast.tester)
    assert not StoredFile.objects.exists()
