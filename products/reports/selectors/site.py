"""Checks of a public site's settings that Django cannot know: what every report prints, and who signs it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from products.reports.selectors.faults import is_stated

NEEDED = {"name_zh": "LABORATORY_NAME_ZH", "name_en": "LABORATORY_NAME_EN", "address_zh": "LABORATORY_ADDRESS_ZH",
          "address_en": "LABORATORY_ADDRESS_EN"}


def laboratory_of_a_public_site(app_configs: Any = None, **options: Any) -> list[CheckMessage]:
    """Name and address of the laboratory, and a signer: a public site without them may issue no report."""
    if not settings.PRODUCTION:
        return []
    found: list[CheckMessage] = [
        Error(f"{variable} is missing or only a placeholder; every report prints it (ISO/IEC 17025, 7.8.2.1 b).",
              hint=f"Set {variable} to what stands on the laboratory's letterhead.", id="wapicert.E001")
        for key, variable in NEEDED.items()
        if not is_stated(settings.LABORATORY[key]) or "演示" in settings.LABORATORY[key]
        or "demonstration" in settings.LABORATORY[key].lower()
    ]
    if settings.REPORT_SIGNER == "none":
        found.append(Error("REPORT_SIGNER is none: reports and certificates would be issued without a signature.",
                           hint="Set REPORT_SIGNER to pkcs12 or pkcs11, with its key.", id="wapicert.E002"))
    return found
