"""Signs what the alliance gives its word for: PDF files (PAdES) and answers of the verification (JWS)."""

from products.reports.signing.checking import Signature, check_file
from products.reports.signing.documents import sign_document, signs_documents
from products.reports.signing.keys import public_keys, read_signed_json, signed_json

__all__ = ["Signature", "check_file", "public_keys", "read_signed_json", "sign_document", "signed_json",
           "signs_documents"]
