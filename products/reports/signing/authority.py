"""A certification authority that the demonstration makes for itself, and the key that signs its reports.

It proves that nothing was changed since, to whoever trusts its root certificate; it says nothing about who signed.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.utils import timezone

from products.reports.signing.storage import keep_once, private_pem

ROOT_NAME = "WAPI 演示根证书 Demonstration root"
SIGNER_NAME = "WAPI 演示测试实验室 Demonstration laboratory"
YEARS = 20
USES = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")


def authority_files() -> tuple[Path, Path, Path]:
    """Private key, certificate and root certificate, in PEM under DATA_DIR; made when they are first asked for."""
    folder = Path(settings.DATA_DIR) / "authority"
    files = (folder / "signer-key.pem", folder / "signer.pem", folder / "root.pem")
    if not files[0].exists():
        keep_once(folder, _make())
    return files


def _make() -> dict[str, bytes]:
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _certificate(ROOT_NAME, root_key, ROOT_NAME, root_key, is_authority=True)
    signer = _certificate(SIGNER_NAME, key, ROOT_NAME, root_key, is_authority=False)
    return {"signer-key.pem": private_pem(key), "signer.pem": signer.public_bytes(serialization.Encoding.PEM),
            "root.pem": root.public_bytes(serialization.Encoding.PEM)}


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
                      x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(
    name: str, key: ec.EllipticCurvePrivateKey, issuer: str, issuer_key: ec.EllipticCurvePrivateKey, *,
    is_authority: bool,
) -> x509.Certificate:
    now = timezone.now()
    uses = {"key_cert_sign", "crl_sign"} if is_authority else {"digital_signature", "content_commitment"}
    builder = (
        x509.CertificateBuilder().subject_name(_name(name)).issuer_name(_name(issuer))
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=0 if is_authority else None), critical=True)
        .add_extension(x509.KeyUsage(**{use: use in uses for use in USES}), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    return builder.sign(issuer_key, hashes.SHA256())
