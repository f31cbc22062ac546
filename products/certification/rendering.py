"""Typesets the one-page certificate: facts in, the bytes of a PDF out; knows neither database nor request."""

from __future__ import annotations

import json
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import typst
from django.conf import settings

from products.reports.errors import RenderingFailed
from products.reports.rendering import PDF_STANDARDS, fonts, printable, qr_code, refuse_after_fork, require_glyphs

TEMPLATES = Path(settings.BASE_DIR) / "templates"


def render_certificate(facts: dict[str, Any], moment: datetime) -> bytes:
    """The certificate as PDF, in Chinese and English; the same facts and moment give the same bytes.

    Only a worker typesets, never a process that forks afterwards. Raises GlyphMissing or RenderingFailed.
    """
    refuse_after_fork()
    facts = printable(facts)
    require_glyphs(facts)
    with tempfile.TemporaryDirectory(prefix="certificate-") as folder:
        root = Path(folder)
        for path in (TEMPLATES / "certificates" / "certificate.typ", TEMPLATES / "reports" / "house.typ"):
            shutil.copyfile(path, root / path.name)
        (root / "qr.svg").write_bytes(qr_code(facts["address"]))
        try:
            compiler = typst.Compiler(str(root / "certificate.typ"), root=str(root), font_paths=fonts(),
                                      ignore_system_fonts=True,
                                      sys_inputs={"data": json.dumps(facts, ensure_ascii=False)})
            content = compiler.compile(format="pdf", pdf_standards=[*PDF_STANDARDS],
                                       timestamp=moment.astimezone(UTC).replace(microsecond=0))
        except (typst.TypstError, RuntimeError) as error:
            raise RenderingFailed(extra={"reason": str(error)}) from error
    return cast("bytes", content) + b"\n"
