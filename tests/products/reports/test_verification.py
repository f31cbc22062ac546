"""What the public learns from a code, a number, or a file's digest."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.certification.services import lift_suspension
from products.reports.selectors import clean_code, is_valid_code, shown_code, verification_of, with_check_character
from products.reports.selectors.codes import ALPHABET
from products.reports.services.drafting import new_verification_code
from tests.factories import certification, reports

CODES = st.text(ALPHABET, min_size=12, max_size=12).map(with_check_character)


@given(CODES, st.integers(0, 12), st.sampled_from(ALPHABET))
def test_is_valid_code_notices_every_single_slip(code, place, char):
    slipped = code[:place] + char + code[place + 1:]
    assert is_valid_code(slipped) == (slipped == code)


@given(CODES)
def test_clean_code_reads_a_code_however_it_is_written(code):
    for text in [shown_code(code), code.lower(), f" {shown_code(code)} ", " ".join(code),
                 "".join(chr(ord(char) + 0xFEE0) for char in code)]:
        assert clean_code(text) == code


@pytest.mark.parametrize("code", ["", "7K2M", "7K2MQ9XWB4TF0", "7K2MQ9XWB4TF77", "演示"])
def test_is_valid_code_refuses_what_is_none(code):
    assert not is_valid_code(code)


def test_new_verification_code_is_valid_and_never_the_same():
    codes = {new_verification_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(is_valid_code(code) for code in codes)


@pytest.mark.django_db
def test_verification_of_a_code_tells_facts_and_digests(cast, catalogue):
    report = reports.issued(cast)
    found = verification_of(shown_code(report.verification_code).lower())
    assert (found.state, found.number, found.conclusion) == ("valid", report.number, "conforms")
    assert (found.since, found.issued_on) == (report.issued_on, report.issued_on)
    assert (found.sha256, found.sm3) == (report.file.sha256, report.file.sm3)
    assert found.snapshot_sha256 == report.snapshot_sha256
    assert found.facts["model"] == report.order.device.model
    assert (found.listing_number, found.hint, found.report_id) == (None, None, str(report.pk))


@pytest.mark.django_db
def test_verification_of_holds_no_personal_names(cast, catalogue):
    report = certification.granted(cast).report
    text = json.dumps(verification_of(report.verification_code).__dict__, default=str, ensure_ascii=False)
    for person in vars(cast).values():
        if hasattr(person, "staff_number"):
            assert person.name not in text
            assert person.staff_number not in text


@pytest.mark.django_db
def test_verification_of_a_bare_number_without_listing_tells_state_and_date_only(cast, catalogue):
    report = reports.issued(cast)
    found = verification_of(f" {report.number.lower()} ")
    assert (found.state, found.number, found.issued_on) == ("valid", report.number, report.issued_on)
    assert (found.facts, found.sha256, found.code, found.report_id, found.conclusion) == ({}, None, None, None, None)


@pytest.mark.django_db
def test_verification_of_a_listed_number_tells_facts_but_not_the_code(cast, catalogue):
    case = certification.granted(cast)
    found = verification_of(case.report.number)
    assert (found.state, found.listing_number) == ("valid", case.listing.listing_number)
    assert found.facts["company_zh"] == cast.company_a.name_zh
    assert found.code is None


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["draft", "checked", "authorised"])
def test_verification_of_what_is_not_issued_tells_nothing(cast, catalogue, state):
    report = reports.BUILDERS[state](cast)
    found = verification_of(report.verification_code)
    assert (found.state, found.number, found.facts) == ("not_issued", None, {})


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["suspended", "withdrawn", "cancelled", "expired"])
def test_verification_of_follows_the_listing_at_once(cast, catalogue, state):
    case = certification.BUILDERS[state](cast)
    found = verification_of(case.report.verification_code)
    # "withdrawn" alone is what a report is called that nobody may rely on; this one stands, its listing does not.
    said = "listing_withdrawn" if state == "withdrawn" else state
    assert (found.state, found.listing_status, found.report_state) == (said, state, "issued")
    assert found.since == case.listing.status_since
    assert found.reason_zh


@pytest.mark.django_db
def test_verification_of_is_valid_again_after_a_suspension_is_lifted(cast, catalogue):
    case = lift_suspension(certification=certification.suspended(cast), actor=cast.decider, **certification.WHY)
    assert verification_of(case.report.verification_code).state == "valid"


@pytest.mark.django_db
def test_verification_of_a_withdrawn_report_tells_since_when_and_why(cast, catalogue):
    report = reports.withdrawn(cast)
    found = verification_of(report.verification_code)
    assert (found.state, found.reason_zh, found.sha256) == ("withdrawn", "演示：样品有误", report.file.sha256)
    assert found.since is not None


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "hint"), [
    ("7K2M-Q9XW-B4TF8", "typo"), ("7K2M-Q9XW-B4TF", "typo"), ("7K2M-Q9XW-B4TF7", None), ("WAPI-T-2026-9999", None),
    ("", None), ("演示", None), ("x" * 500, None), ("0" * 64, None),
])
def test_verification_of_the_unknown_hints_at_a_slip(text, hint):
    found = verification_of(text)
    assert (found.state, found.hint, found.number) == ("unknown", hint, None)


@pytest.mark.django_db
def test_verification_of_a_file_by_its_digest(cast, catalogue):
    report = reports.issued(cast)
    assert verification_of(report.file.sha256.upper()).number == report.number
    assert verification_of("f" * 64).state == "unknown"


@pytest.mark.django_db
def test_verification_of_another_file_under_the_code_is_altered(cast, catalogue):
    report = reports.issued(cast)
    assert verification_of(report.verification_code, sha256=report.file.sha256.upper()).state == "valid"
    altered = verification_of(report.verification_code, sha256="0" * 64)
    assert (altered.state, altered.number, altered.sha256) == ("altered", report.number, report.file.sha256)


@pytest.mark.django_db
def test_verification_of_compares_its_rows_in_eight_queries(cast, catalogue, django_assert_num_queries):
    report = certification.granted(cast).report
    with django_assert_num_queries(8):
        verification_of(report.verification_code)
