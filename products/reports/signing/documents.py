"""Signs a PDF file as PAdES: an invisible certification signature, with a time stamp where a service is configured."""

from __future__ import annotations

import io
import os
import urllib.request
from asyncio import to_thread
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from asn1crypto import tsp
from django.conf import settings
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
from pyhanko.sign.signers.pdf_cms import Signer, SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.timestamps.api import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError, set_tsp_headers

from products.reports.errors import SigningFailed
from products.reports.signing.authority import authority_files

if TYPE_CHECKING:
    from collections.abc import Callable

FIELD = "Signature"
DIGEST = "sha256"
TIMESTAMP_SECONDS = 10
# Room for what stands in a signature beside its certificates, and for a time stamp with the certificates of its own.
ROOM, ROOM_FOR_TIME_STAMP = 3_000, 12_000


def signs_documents() -> bool:
    """Whether issued files are signed at all."""
    return bool(settings.REPORT_SIGNER != "none")


def sign_document(content: bytes, *, reason: str = "", timestamper: TimeStamper | None = None) -> bytes:
    """The PDF with the signature appended (B-T with a time stamp service, else B-B); unchanged if nobody signs.

    The file up to the signature keeps its bytes. Any change afterwards breaks the certification. Raises SigningFailed.
    """
    if not signs_documents():
        return content
    out = io.BytesIO()
    try:
        signer, timestamper = _signer_of_now(), timestamper or _timestamper()
        writer = IncrementalPdfFileWriter(io.BytesIO(content))
        pdf_signer = PdfSigner(_terms(reason), signer=signer, timestamper=timestamper)
        # The library starts an event loop, which it cannot where the caller's thread runs one already.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(pdf_signer.sign_pdf, writer, output=out,
                          bytes_reserved=_room(signer, is_stamped=timestamper is not None)).result()
    # Keys, tokens and services fail in ways of their own; whoever waits for the report must learn of each of them.
    except Exception as error:
        _signer.cache_clear()
        raise SigningFailed(extra={"reason": f"{type(error).__name__}: {error}"}) from error
    return out.getvalue()


def _terms(reason: str) -> PdfSignatureMetadata:
    laboratory = settings.LABORATORY
    return PdfSignatureMetadata(
        field_name=FIELD, md_algorithm=DIGEST, subfilter=SigSeedSubFilter.PADES, certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES, name=laboratory["name_zh"], reason=reason or None,
    )


def _room(signer: Signer, *, is_stamped: bool) -> int:
    """Hexadecimal digits to reserve; guessed here, as the library would sign twice to find out."""
    certificates = [signer.signing_cert, *signer.cert_registry]
    size = ROOM + sum(len(certificate.dump()) for certificate in certificates if certificate is not None)
    return 2 * (size + (ROOM_FOR_TIME_STAMP if is_stamped else 0))


def _signer_of_now() -> Signer:
    options = tuple(sorted(settings.REPORT_SIGNER_OPTIONS.items()))
    return _signer(os.getpid(), settings.REPORT_SIGNER, (str(settings.DATA_DIR), *options))


@cache
def _signer(_process: int, kind: str, _options: tuple[Any, ...]) -> Signer:
    """The signer that the settings name, loaded once a process: no session with a token outlives a fork."""
    makers: dict[str, Callable[[], Signer | None]] = {
        "authority": _from_authority, "pkcs12": _from_pkcs12, "pkcs11": _from_pkcs11,
    }
    signer = makers[kind]()
    if signer is None:
        raise ValueError("the key or its certificate cannot be read")
    return signer


def _from_authority() -> SimpleSigner | None:
    key, certificate, root = (str(path) for path in authority_files())
    load = cast("Callable[..., SimpleSigner | None]", SimpleSigner.load)
    return load(key, certificate, ca_chain_files=[root])


def _from_pkcs12() -> SimpleSigner | None:
    options = settings.REPORT_SIGNER_OPTIONS
    load = cast("Callable[..., SimpleSigner | None]", SimpleSigner.load_pkcs12)
    return load(options["file"], passphrase=options["passphrase"].encode())


def _from_pkcs11() -> PKCS11Signer:
    options = settings.REPORT_SIGNER_OPTIONS
    session = open_pkcs11_session(options["module"], token_criteria=TokenCriteria(label=options["token"]),
                                  user_pin=options["pin"])
    signer = PKCS11Signer(session, cert_label=options["label"], key_label=options["label"], other_certs_to_pull=None)
    certificate = signer.signing_cert
    # Not every token digests and signs at once with a curve; all of them sign a digest.
    signer.use_raw_mechanism = certificate is not None and certificate.public_key.algorithm == "ec"
    return signer


def _timestamper() -> TimeStamper | None:
    return HttpTimeStamper(settings.TIMESTAMP_URL) if settings.TIMESTAMP_URL else None


class HttpTimeStamper(TimeStamper):
    """Asks a time stamp service (RFC 3161) over HTTP, with a limit on the time and on the answer."""

    def __init__(self, address: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library leaves its own __init__ untyped
        self.address = address

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> Any:
        """The service's answer; raises TimestampRequestError."""
        return await to_thread(self._ask, req.dump())

    def _ask(self, body: bytes) -> Any:
        request = urllib.request.Request(self.address, data=body, headers=set_tsp_headers({}))  # noqa: S310 - from settings
        try:
            with urllib.request.urlopen(request, timeout=TIMESTAMP_SECONDS) as answer:  # noqa: S310 - the same
                return tsp.TimeStampResp.load(answer.read(100_000))
        except (OSError, ValueError) as error:
            raise TimestampRequestError("the time stamp service does not answer") from error
