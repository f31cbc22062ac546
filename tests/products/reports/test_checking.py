"""A file in hand: the issued bytes are believed, one changed byte is seen, and a hostile file harms nobody."""

import hashlib
from types import SimpleNamespace

import pytest

from products.reports.errors import CheckBusy, FileTooLarge, NotAPdf
from products.reports.models import Report
from products.reports.rendering import render
from products.reports.selectors import verification_of_file
from products.reports.selectors.codes import with_check_character
from products.reports.signing import check_file, checking, sign_document
from products.reports.signing.checking import codes_in, signature_of
from tests.factories import reports

pytestmark = pytest.mark.django_db
SAMPLES = 60


@pytest.fixture
def signed(settings, tmp_path):
    settings.REPORT_SIGNER, settings.DATA_DIR = "authority", tmp_path
    return sign_document(render(reports.snapshot(photographs=[]), draft=False))


@pytest.fixture
def issued(cast, catalogue, settings, tmp_path):
    settings.REPORT_SIGNER, settings.DATA_DIR = "authority", tmp_path
    report = reports.issued(cast)
    return SimpleNamespace(report=report, content=reports.content_of(report))


def flipped(content, place):
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1:]


def answer_to(content):
    return verification_of_file(hashlib.sha256(content).hexdigest(), codes_in(content))


def test_check_file_of_the_issued_bytes_needs_no_signature(issued, monkeypatch):
    monkeypatch.setattr(checking, "_inspected", None)
    found, signature = check_file(issued.content)
    assert (found.state, found.number, signature) == ("valid", issued.report.number, None)


@pytest.mark.parametrize("signer", ["authority", "none"])
def test_one_flipped_byte_anywhere_is_altered(cast, catalogue, settings, tmp_path, signer):
    settings.REPORT_SIGNER, settings.DATA_DIR = signer, tmp_path
    report = reports.issued(cast)
    content = reports.content_of(report)
    step = len(content) // SAMPLES
    code = report.verification_code.encode()
    # Sampled places, both ends, and every byte of one of the codes by which the file is known again.
    places = {*range(0, len(content), step), len(content) - 1, len(content) - 2,
              *range(content.index(code), content.index(code) + len(code))}
    answers = {place: answer_to(flipped(content, place)) for place in places}
    assert {place for place, found in answers.items() if found.state != "altered"} == set()
    assert {found.number for found in answers.values()} == {report.number}


@pytest.mark.parametrize("tail", [b"\n", b"x", b"1 0 obj\n<<>>\nendobj\n"])
def test_what_is_added_after_the_end_is_altered_and_the_signature_says_so(issued, tail):
    found, signature = check_file(issued.content + tail)
    assert (found.state, signature.state, signature.is_ours) == ("altered", "extended", True)


def test_cut_or_doubly_ended_file_is_altered(issued):
    assert answer_to(issued.content[:-1]).state == "altered"
    assert answer_to(issued.content + b"%%EOF\n").state == "altered"


def test_replaced_and_withdrawn_say_so_by_their_files_too(cast, catalogue):
    old = reports.replaced(cast)
    assert check_file(reports.content_of(old))[0].state == "replaced"
    new = Report.objects.get(replaces=old)
    reports.withdraw(new, cast)
    assert check_file(reports.content_of(new))[0].state == "withdrawn"


def test_signature_of_a_signed_file_that_was_never_issued_is_valid_and_the_file_unknown(signed, cast, catalogue):
    found, signature = check_file(signed)
    assert (found.state, signature.state, signature.has_time_stamp) == ("unknown", "valid", False)
    assert signature.signer.startswith("WAPI 演示测试实验室")


def test_signature_by_somebody_else_is_foreign(signed, settings):
    settings.REPORT_SIGNER = "none"
    assert (signature_of(signed).state, signature_of(signed).is_ours) == ("foreign", False)


def test_changed_file_of_ours_without_a_readable_code_is_altered_by_its_signature(signed, cast, catalogue):
    assert answer_to(signed + b"x").state == "unknown"
    found, signature = check_file(signed + b"x")
    assert (found.state, signature.state) == ("altered", "extended")


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", b"%PDF-1.7" + b"[" * 200_000, b"%PDF-1.7\n" + b"\0" * 1000])
def test_signature_of_a_broken_file_is_unreadable(content):
    assert signature_of(content).state == "unreadable"


def test_check_that_takes_too_long_is_ended(signed, settings):
    settings.VERIFY_MEMORY_MB = 16
    assert signature_of(signed).state == "unreadable"


def test_check_file_refuses_what_is_too_large_or_no_pdf(settings):
    with pytest.raises(NotAPdf) as caught:
        check_file(b"PK\x03\x04")
    assert caught.value.field == "file"
    settings.VERIFY_UPLOAD_BYTES = 10
    with pytest.raises(FileTooLarge):
        check_file(b"%PDF-1.7 more")


def test_check_file_while_too_many_are_checked_asks_to_come_again(settings, monkeypatch):
    settings.VERIFY_SECONDS = 0
    monkeypatch.setattr(checking, "_places", checking.threading.BoundedSemaphore(1))
    checking._places.acquire()
    with pytest.raises(CheckBusy):
        signature_of(b"%PDF-1.7")


@pytest.mark.parametrize("made_up", [
    [f"{number:012d}".translate(str.maketrans("01", "AB")) for number in range(50_000)], ["7K2MQ9XWB4T"] * 50_000,
    ["7K2MQ9XWB4TF8"] * 5_000,
])
def test_codes_in_looks_at_the_first_words_of_a_made_up_file_only(made_up):
    valid = [with_check_character(word[:12].ljust(12, "A")) for word in made_up]
    assert codes_in(" ".join(valid).encode()) == list(dict.fromkeys(valid[:2000]))[:20]


def test_codes_in_takes_whole_codes_with_a_fitting_check_character_only():
    code = b"7K2MQ9XWB4TF7"
    assert codes_in(b"(" + code + b") " + code + b" x7K2MQ9XWB4TF7 7K2MQ9XWB4TF8") == [code.decode()]
