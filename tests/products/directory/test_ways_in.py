"""What a stranger gets with everything that the site publishes: answers, but no file and no code of a report."""

import base64
import hashlib
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from products.certification.services import issue_certificates
from products.directory.selectors import verified
from products.files.models import StoredFile
from products.open_data.services import publish_open_data
from products.reports.models import Report
from products.reports.selectors import shown_code
from tests.factories import certification, reports

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
PAGES = ["/", "/changes/", "/changes.atom", "/companies/", "/open-data/", "/open-data/manifest.json",
         "/open-data/manifest.jws", "/open-data/listings.csv", "/open-data/listings.jsonl", "/sitemaps/products-1.xml",
         "/api/v1/products/", "/api/v1/changes/", "/api/v1/companies/"]
OF_A_LISTING = ["/products/{0}/", "/api/v1/products/{0}/"]
WAYS_IN = ["/v/{0}/", "/v/{0}/report.pdf", "/api/v1/verify/{0}/", "/api/v1/verify/{0}/signed/"]
WORD = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{5,}")
LINK = re.compile(r'href="[^"]*report\.pdf')
DIGEST = re.compile(r"[0-9a-f]{64}")


def body_of(response):
    """What came back, with what signed answers hold."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    text = content.decode("utf-8", "replace")
    parts = [part for jws in re.findall(r"eyJ[\w-]+\.([\w-]+)\.", text)
             for part in [base64.urlsafe_b64decode(jws + "==").decode("utf-8", "replace")]]
    return "\n".join([text, *parts])


def published_words(client, listing):
    """Every word of every public page, file and answer that tells of a listing and its reports."""
    numbers = Report.objects.exclude(number=None).values_list("number", flat=True)
    addresses = [*PAGES, *(way.format(listing.listing_number) for way in OF_A_LISTING),
                 *(way.format(number) for number in numbers for way in ("/v/{0}/", "/api/v1/verify/{0}/signed/"))]
    answers = [client.get(address) for address in addresses]
    assert [row.status_code for row in answers] == [200] * len(answers)
    return {word for row in answers for word in WORD.findall(body_of(row))}


def writings(word):
    """A published value as people and programs may write it."""
    full_width = "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in word)
    return [word, word.upper(), f" {word} ", full_width, word[:32], word[:13], " ".join(word[at:at + 8]
            for at in range(0, len(word), 8))]


def leaks(response, codes):
    """What a stranger must not get: a file, or a code in any writing."""
    text = body_of(response)
    return [code for code in codes if code in text.upper() or shown_code(code) in text.upper()] + (
        ["file"] if response.get("Content-Type") == "application/pdf" or LINK.search(text) else [])


@pytest.fixture(params=["valid", "withdrawn", "amended"])
def listing(request, cast, settings, tmp_path):
    """A listing in one of its states, with its certificate, everything about it published."""
    settings.VERIFICATION_KEYS, settings.RATE_LIMITS = tmp_path / "keys", {}
    row = certification.granted(cast)
    issue_certificates()
    if request.param == "amended":
        reports.amended(cast, row.report)
    elif request.param != "valid":
        row = certification.BUILDERS[request.param](cast)
    publish_open_data()
    return row.listing


def test_stranger_with_every_published_value_gets_no_report_and_no_code(listing, client):
    codes = list(Report.objects.values_list("verification_code", flat=True))
    words = published_words(client, listing)
    digests = {word for word in words if DIGEST.fullmatch(word)}
    of_reports = set(Report.objects.exclude(file=None).values_list("file__sha256", flat=True))
    # The test has what could leak: the digests of all reports were found in public.
    assert of_reports <= digests
    asked = {way.format(text) for digest in of_reports for text in writings(digest) for way in WAYS_IN}
    everything = {value for row in StoredFile.objects.all() for value in (row.sha256, row.sm3, str(row.pk))} | {
        word for word in words if re.search(r"\d{3}", word)}
    asked |= {way.format(value) for value in everything for way in WAYS_IN[:2]}
    asked |= {f"/v/{digest}/?{query}" for digest in of_reports
              for query in (f"sha256={digest}", "sha256=" + "0" * 64, f"code={digest[:13]}")}
    assert {address: found for address in asked if (found := leaks(client.get(address, follow=True), codes))} == {}


@pytest.mark.parametrize("kind", ["sha256", "sm3"])
@pytest.mark.parametrize("change", [str, str.upper, " {} ".format])
def test_digest_of_a_report_says_whether_it_is_the_issued_file_and_no_more(cast, client, kind, change):
    row = certification.granted(cast)
    digest = change(getattr(row.report.file, kind))
    found = verified(digest)
    assert (found.state, found.number, found.code) == ("valid", row.report.number, None)
    assert found.facts["model"] == row.report.snapshot["device"]["model"]
    assert client.get(f"/v/{digest}/report.pdf").status_code == 404


def test_digest_of_a_report_without_listing_tells_state_and_date_only(cast):
    report = reports.issued(cast)
    found = verified(report.file.sha256)
    assert (found.state, found.number, found.facts, found.code) == ("valid", report.number, {}, None)


def test_whoever_names_the_code_beside_the_digest_or_sends_the_file_holds_the_report(cast, client):
    report = reports.issued(cast)
    digest, code = report.file.sha256, report.verification_code
    assert verified(digest, codes=[code]).code == shown_code(code)
    assert verified(digest, codes=["7K2MQ9XWB4TF7"]).code is None
    sent = SimpleUploadedFile("r.pdf", reports.content_of(report), "application/pdf")
    assert "report.pdf" in client.post("/verify/file/", {"file": sent}).content.decode()
    assert body_of(client.get(f"/v/{code}/report.pdf")).startswith("%PDF")


@pytest.mark.parametrize("kind", ["sha256", "sm3"])
def test_certificate_sent_or_named_by_its_digest_opens_no_report(cast, client, kind):
    row = certification.granted(cast)
    issue_certificates()
    row.refresh_from_db()
    with row.certificate.content.open("rb") as handle:
        content = handle.read()
    assert hashlib.sha256(content).hexdigest() == row.certificate.sha256
    answers = [client.get(f"/v/{getattr(row.certificate, kind)}/"),
               client.post("/verify/file/", {"file": SimpleUploadedFile("c.pdf", content, "application/pdf")})]
    assert [leaks(answer, [row.report.verification_code]) for answer in answers] == [[], []]
    assert [answer.context["found"].state for answer in answers] == ["valid", "valid"]
    # Nor does the certificate print the code of the report.
    assert row.report.verification_code not in "".join(reports.text_of(content)).replace("-", "")
