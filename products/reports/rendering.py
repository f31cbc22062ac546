"""Typesets a report: a snapshot and photographs in, the bytes of a PDF out; knows neither database nor request."""

from __future__ import annotations

import io
import json
import os
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

import justmytype_intl_cjk
import segno
import typst
from django.conf import settings
from fontTools.ttLib import TTFont
from PIL import Image, ImageOps, UnidentifiedImageError

from products.reports.errors import GlyphMissing, PhotographUnreadable, RenderingFailed
from wapicert.canonical import digest_of

TEMPLATES = Path(settings.BASE_DIR) / "templates" / "reports"
FONT_FOLDER = Path(justmytype_intl_cjk.__file__).parent / "fonts" / "ofl"
# Simplified Chinese first; the others only lend the characters that it lacks.
FONT_FILES = [FONT_FOLDER / f"notosans{script}" / f"NotoSans{script.upper()}[wght].ttf"
              for script in ("sc", "tc", "jp")]
# One file that is archival and readable by screen readers at once (ISO 19005-2 level A, ISO 14289-1).
PDF_STANDARDS: list[Literal["a-2a", "ua-1"]] = ["a-2a", "ua-1"]
PHOTOGRAPH_PIXELS = 1400
PHOTOGRAPH_LIMIT_PIXELS = 80_000_000
# Direction marks and invisible characters could make a printed text read otherwise than it is stored.
INVISIBLE = frozenset("\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060"
                      "\u2066\u2067\u2068\u2069\ufeff")

_compiled_in: list[int] = []


@cache
def fonts() -> Any:
    """The report's own fonts, loaded once a process; those of the machine are never used."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False,
                       font_paths=[str(path.parent) for path in FONT_FILES])


@cache
def printable_characters() -> frozenset[int]:
    """The code points that the fonts hold."""
    held: set[int] = set()
    for path in FONT_FILES:
        with TTFont(path, lazy=True) as font:
            held.update(font.getBestCmap())
    return frozenset(held)


def printable(value: Any) -> Any:
    """The value with its texts in composed form (NFC), without direction marks and control characters but line ends."""
    if isinstance(value, dict):
        return {key: printable(part) for key, part in value.items()}
    if isinstance(value, list):
        return [printable(part) for part in value]
    return _printable_text(value) if isinstance(value, str) else value


def _printable_text(text: str) -> str:
    kept = (" " if char == "\t" else char for char in unicodedata.normalize("NFC", text))
    return "".join(char for char in kept
                   if char == "\n" or (char not in INVISIBLE and unicodedata.category(char) != "Cc"))


def require_glyphs(snapshot: Any) -> None:
    """Raise GlyphMissing, naming the character and the text it stands in, if the fonts cannot print the snapshot."""
    held = printable_characters()
    for text in _texts(snapshot):
        for char in text:
            if char != "\n" and ord(char) not in held:
                raise GlyphMissing(
                    GlyphMissing.message, field="snapshot",
                    extra={"character": char, "code_point": f"U+{ord(char):04X}", "text": text[:80]},
                    remedy=GlyphMissing.named_remedy % {"char": f"{char} U+{ord(char):04X}", "text": text[:40]},
                )


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def render(snapshot: dict[str, Any], *, draft: bool, photographs: Mapping[str, bytes] | None = None) -> bytes:
    """The report as PDF; the same snapshot, photographs and software give the same bytes.

    `photographs` holds the bytes by the ids that the snapshot names; a draft is watermarked 草稿 on every page.
    Raises GlyphMissing, PhotographUnreadable, or RenderingFailed for what the typesetter refuses.
    """
    _refuse_after_fork()
    snapshot = printable(snapshot)
    require_glyphs(snapshot)
    with tempfile.TemporaryDirectory(prefix="report-") as folder:
        root = Path(folder)
        data = snapshot | {"draft": draft, "digest": digest_of(snapshot)}
        data["photographs"] = _lay_out(root, snapshot, photographs or {})
        return _compile(root, data, _moment(snapshot))


def _lay_out(root: Path, snapshot: dict[str, Any], photographs: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Copy templates, QR code and re-encoded photographs into the private folder; returns the photographs to print."""
    for path in TEMPLATES.glob("*.typ"):
        shutil.copyfile(path, root / path.name)
    (root / "qr.svg").write_bytes(qr_code(snapshot["report"]["address"] or "-"))
    printed = []
    for place, photograph in enumerate(snapshot.get("photographs", []), start=1):
        name = f"photograph-{place}.jpg"
        (root / name).write_bytes(photograph_for_print(photographs.get(photograph["id"], b""), photograph["name"]))
        printed.append(photograph | {"path": name})
    return printed


def qr_code(address: str) -> bytes:
    """The address as a QR code in SVG, level M."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", border=2, xmldecl=False)
    return out.getvalue()


def photograph_for_print(content: bytes, name: str) -> bytes:
    """An upright RGB JPEG of bounded size without metadata, so that neither place nor camera is printed along."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            if image.width * image.height > PHOTOGRAPH_LIMIT_PIXELS:
                raise PhotographUnreadable(field="photographs", extra={"name": name})
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError,
            Image.DecompressionBombWarning) as error:
        raise PhotographUnreadable(field="photographs", extra={"name": name}) from error
    upright.thumbnail((PHOTOGRAPH_PIXELS, PHOTOGRAPH_PIXELS))
    out = io.BytesIO()
    upright.save(out, format="JPEG", quality=82, optimize=False)
    return out.getvalue()


def _compile(root: Path, data: dict[str, Any], moment: datetime) -> bytes:
    """Typeset; the data goes in as JSON, never as markup."""
    try:
        compiler = typst.Compiler(str(root / "report.typ"), root=str(root), font_paths=fonts(),
                                  ignore_system_fonts=True, sys_inputs={"data": json.dumps(data, ensure_ascii=False)})
        content = compiler.compile(format="pdf", pdf_standards=[*PDF_STANDARDS], timestamp=moment)
    except (typst.TypstError, RuntimeError) as error:
        raise RenderingFailed(extra={"reason": str(error)}) from error
    # Without the line end a signature appended later would break the archival format.
    return cast("bytes", content) + b"\n"


def _moment(snapshot: dict[str, Any]) -> datetime:
    report = snapshot["report"]
    return datetime.fromisoformat(report["authorised_at"] or report["compiled_at"])


def _refuse_after_fork() -> None:
    """A process forked from one that has typeset would hang for ever in its first document, so it must not begin."""
    if not _compiled_in:
        _compiled_in.append(os.getpid())
    if _compiled_in[0] != os.getpid():
        raise RenderingFailed(extra={"reason": "forked from a process that had already typeset"})
