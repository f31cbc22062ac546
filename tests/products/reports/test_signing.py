"""Signatures of files and of answers, read by the library's validator, by poppler, and with a token in software."""

from __future__ import annotations

import http.server
import io
import os
import shutil
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pkcs11
import pytest
from asn1crypto import pem, tsp
from asn1crypto import x509 as asn1
from asn1crypto.keys import PrivateKeyInfo
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from django.utils import timezone
from joserfc import jws
from joserfc.jwk import KeySet
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from products.reports.errors import SigningFailed
from products.reports.rendering import render
from products.reports.signing import public_keys, read_signed_json, sign_document, signed_json
from products.reports.signing.authority import authority_files
from products.reports.signing.storage import private_pem
from tests.factories.reports import photograph, snapshot

SOFTHSM = next((path for path in ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm.so")
                if Path(path).exists()), None)
SECRET = "演示-passphrase"


def set_options(settings, options):
    settings.REPORT_SIGNER_OPTIONS = settings.REPORT_SIGNER_OPTIONS | options


@pytest.fixture(scope="module")
def plain():
    return render(snapshot(), draft=False, photographs={"photo-1": photograph()})


@pytest.fixture
def authority(settings, tmp_path):
    settings.DATA_DIR, settings.REPORT_SIGNER = tmp_path, "authority"
    return authority_files()


def status_of(content, root, *others):
    """What the validator says of the only signature, trusting these roots and fetching nothing."""
    trusted = ValidationContext(trust_roots=[load_cert_from_pemder(str(root)), *others], allow_fetching=False)
    embedded, = PdfFileReader(io.BytesIO(content)).embedded_signatures
    # The validator starts an event loop, which it cannot beside that of a browser driven earlier in this thread.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(validate_pdf_signature, embedded, signer_validation_context=trusted,
                             ts_validation_context=trusted).result()


def test_sign_document_by_nobody_changes_nothing(plain, settings):
    settings.REPORT_SIGNER = "none"
    assert sign_document(plain) is plain


def test_sign_document_appends_a_certification_that_holds(plain, authority):
    signed = sign_document(plain, reason="WAPI-T-2026-0001")
    status = status_of(signed, authority[2])
    embedded, = PdfFileReader(io.BytesIO(signed)).embedded_signatures
    assert signed.startswith(plain)
    assert len(signed) - len(plain) < 20_000
    assert status.bottom_line
    assert (status.intact, status.valid, status.trusted, status.docmdp_ok) == (True, True, True, True)
    assert status.coverage.name == "ENTIRE_FILE"
    assert embedded.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert embedded.sig_object["/Reason"] == "WAPI-T-2026-0001"
    assert "/Reference" in embedded.sig_object  # what makes it a certification


@pytest.mark.parametrize("part", [0.01, 0.2, 0.5, 0.8])
def test_sign_document_makes_every_change_visible(plain, authority, part):
    signed = bytearray(sign_document(plain))
    signed[int(len(plain) * part)] ^= 1
    assert not status_of(bytes(signed), authority[2]).intact


def test_sign_document_uses_one_authority_that_is_kept(plain, authority):
    before = [path.read_bytes() for path in authority]
    sign_document(plain)
    assert [path.read_bytes() for path in authority_files()] == before
    assert (authority[0].stat().st_mode & 0o777) == 0o600


def test_sign_document_from_pkcs12(plain, authority, settings, tmp_path):
    key, certificate, root = authority
    content = serialization.pkcs12.serialize_key_and_certificates(
        b"report", serialization.load_pem_private_key(key.read_bytes(), None),
        x509.load_pem_x509_certificate(certificate.read_bytes()), [x509.load_pem_x509_certificate(root.read_bytes())],
        serialization.BestAvailableEncryption(SECRET.encode()))
    (tmp_path / "key.p12").write_bytes(content)
    settings.REPORT_SIGNER = "pkcs12"
    set_options(settings, {"file": str(tmp_path / "key.p12"), "passphrase": SECRET})
    assert status_of(sign_document(plain), root).bottom_line


def test_sign_document_with_a_wrong_passphrase_says_so(plain, settings, tmp_path):
    (tmp_path / "key.p12").write_bytes(b"no key")
    settings.REPORT_SIGNER = "pkcs12"
    set_options(settings, {"file": str(tmp_path / "key.p12"), "passphrase": SECRET})
    with pytest.raises(SigningFailed) as caught:
        sign_document(plain)
    assert "cannot be read" in caught.value.extra["reason"]
    assert SECRET not in str(caught.value.extra)


def test_sign_document_with_an_unknown_token_says_so(plain, settings):
    settings.REPORT_SIGNER = "pkcs11"
    set_options(settings, {"module": "/nonexistent.so", "token": "t", "label": "k", "pin": "1"})
    with pytest.raises(SigningFailed) as caught:
        sign_document(plain)
    assert "nonexistent" in caught.value.extra["reason"]


@pytest.mark.skipif(SOFTHSM is None or shutil.which("softhsm2-util") is None, reason="SoftHSM 2 is not installed")
def test_sign_document_with_a_token(plain, authority, settings, tmp_path, monkeypatch):
    key, certificate, root = authority
    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm.conf").write_text(f"directories.tokendir = {tmp_path / 'tokens'}\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm.conf"))
    for arguments in (["--init-token", "--free", "--label", "reports", "--pin", "1234", "--so-pin", "1234"],
                      ["--import", str(key), "--token", "reports", "--label", "report", "--id", "01", "--pin", "1234"]):
        subprocess.run(["softhsm2-util", *arguments], check=True, capture_output=True)
    settings.REPORT_SIGNER = "pkcs11"
    set_options(settings, {"module": SOFTHSM, "token": "reports", "label": "report", "pin": "1234"})
    put_certificate(settings.REPORT_SIGNER_OPTIONS, certificate)
    assert status_of(sign_document(plain), root).bottom_line


def put_certificate(options, certificate):
    """Store the certificate beside its key."""
    _kind, _headers, der = pem.unarmor(certificate.read_bytes())
    subject = asn1.Certificate.load(der).subject.dump()
    token = pkcs11.lib(options["module"]).get_token(token_label=options["token"])
    with token.open(user_pin=options["pin"], rw=True) as session:
        session.create_object({
            pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE, pkcs11.Attribute.TOKEN: True,
            pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509, pkcs11.Attribute.ID: b"\x01",
            pkcs11.Attribute.LABEL: options["label"], pkcs11.Attribute.SUBJECT: subject, pkcs11.Attribute.VALUE: der,
        })


@pytest.fixture
def time_stamp_service(settings):
    """A service on this machine; yields the certificate that its stamps are trusted by."""
    key = rsa.generate_private_key(65537, 2048)
    certificate = asn1.Certificate.load(stamping_certificate(key).public_bytes(serialization.Encoding.DER))
    der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8,
                            serialization.NoEncryption())
    stamper = DummyTimeStamper(certificate, PrivateKeyInfo.load(der))

    class Service(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            answer = stamper.request_tsa_response(asked).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *arguments):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Service) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.TIMESTAMP_URL = f"http://127.0.0.1:{server.server_port}/"
        yield certificate
        server.shutdown()


def stamping_certificate(key):
    """Signed by itself, for time stamps and nothing else."""
    now = timezone.now()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Demonstration time")])
    purpose = x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.TIME_STAMPING])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(
        now + timedelta(days=1)).add_extension(purpose, critical=True)
    return builder.sign(key, hashes.SHA256())


def test_sign_document_carries_a_time_stamp_where_a_service_answers(plain, authority, time_stamp_service):
    status = status_of(sign_document(plain), authority[2], time_stamp_service)
    assert status.bottom_line
    assert (status.timestamp_validity.intact, status.timestamp_validity.trusted) == (True, True)


def test_sign_document_without_an_answer_of_the_time_stamp_service_fails(plain, authority, settings):
    settings.TIMESTAMP_URL = "http://127.0.0.1:1/"
    with pytest.raises(SigningFailed) as caught:
        sign_document(plain)
    assert "time stamp" in caught.value.extra["reason"]


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler's pdfsig is not installed")
def test_sign_document_satisfies_poppler(plain, authority, tmp_path):
    (tmp_path / "report.pdf").write_bytes(sign_document(plain))
    done = subprocess.run(["pdfsig", "-nocert", "report.pdf"], cwd=tmp_path, capture_output=True, text=True, check=True,
                          env=os.environ | {"HOME": str(tmp_path)})
    assert "Signature Validation: Signature is Valid." in done.stdout
    assert "Total document signed" in done.stdout


@pytest.fixture
def keys(settings, tmp_path):
    settings.VERIFICATION_KEYS = tmp_path / "keys"
    return settings.VERIFICATION_KEYS


def test_signed_json_can_be_read_with_the_published_keys_alone(keys):
    text = signed_json({"state": "valid", "device_zh": "演示"})
    found = jws.deserialize_compact(text, KeySet.import_key_set(public_keys()), algorithms=["ES256"])
    assert found.headers()["kid"] == public_keys()["keys"][0]["kid"]
    assert read_signed_json(text) == {"state": "valid", "device_zh": "演示"}


def test_read_signed_json_refuses_what_was_changed(keys):
    head, body, tail = signed_json({"state": "withdrawn"}).split(".")
    other = signed_json({"state": "valid"}).split(".")[1]
    assert read_signed_json(f"{head}.{other}.{tail}") is None
    assert read_signed_json(f"{head}.{body}.") is None
    assert read_signed_json("x") is None


def test_public_keys_never_hold_the_private_half_and_keep_older_keys(keys):
    old = public_keys()["keys"][0]
    text = signed_json({"n": 1})
    (keys / "2.pem").write_bytes(private_pem(ec.generate_private_key(ec.SECP256R1())))
    (new, kept) = public_keys()["keys"]
    assert all("d" not in key for key in (old, new, kept))
    assert (kept, new == old) == (old, False)
    assert read_signed_json(text) == {"n": 1}

