"""Typesets a report: a snapshot and photographs in, the bytes of a PDF out; knows neither database nor request."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, cast

import justmytype_intl_cjk
import segno
import typst
from django.conf import settings
from django.utils.translation import get_language
from fontTools.ttLib import TTFont
from PIL import Image, ImageOps, UnidentifiedImageError

from products.devices.states import Origin
from products.reports.errors import GlyphMissing, PhotographUnreadable, RenderingFailed
from products.reports.selectors.rows import not_done
from products.reports.selectors.wording import LEAVES, PARTS
from products.reports.states import TEMPLATE_VERSION
from wapicert.canonical import canonical_json
from wapicert.texts import REFUSED

TEMPLATES = Path(settings.BASE_DIR) / "templates" / "reports"
FONT_FOLDER = Path(justmytype_intl_cjk.__file__).parent / "fonts" / "ofl"
# Simplified Chinese first; the others only lend the characters that it lacks.
FONT_FILES = [FONT_FOLDER / f"notosans{script}" / f"NotoSans{script.upper()}[wght].ttf"
              for script in ("sc", "tc", "jp")]
# One file that is archival and readable by screen readers at once (ISO 19005-3 level A, ISO 14289-1).
PDF_STANDARDS: list[Literal["a-3a", "ua-1"]] = ["a-3a", "ua-1"]
PHOTOGRAPH_PIXELS = 1400
EMPTY_PAGES = 4
PHOTOGRAPH_LIMIT_PIXELS = 80_000_000
# Direction marks and invisible characters could make a printed text read otherwise than it is stored; control
# characters (category Cc, but the line end) print nothing.
DROPPED = re.compile("[\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff"
                     "\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f]")

_compiled_in: list[int] = []


@cache
def fonts() -> Any:
    """The report's own fonts, loaded once a process; those of the machine are never used."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False,
                       font_paths=[str(path.parent) for path in FONT_FILES])


@cache
def unprintable() -> re.Pattern[str]:
    """Finds a character that no font holds; a line end counts as held. As a pattern it takes little memory."""
    held = {ord("\n")}
    for path in FONT_FILES:
        with TTFont(path, lazy=True) as font:
            held.update(font.getBestCmap())
    codes = sorted(held)
    firsts = [code for code in codes if code - 1 not in held]
    lasts = [code for code in codes if code + 1 not in held]
    return re.compile("[^" + "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in zip(firsts, lasts, strict=True))
                      + "]")


@cache
def made_with() -> dict[str, Any]:
    """What typesets here: a report's bytes follow from its snapshot, its photographs and these, and nothing else."""
    files = []
    for path in FONT_FILES:
        with path.open("rb") as font:
            files.append({"name": path.name, "sha256": hashlib.file_digest(font, "sha256").hexdigest()})
    return {"software": settings.SOFTWARE_VERSION, "template": TEMPLATE_VERSION,
            "engine": f"typst {version('typst')}", "fonts": files}


def warm_up() -> None:
    """Read what every document needs; does not typeset, so a process may fork afterwards."""
    fonts()
    unprintable()
    made_with()


def typeset_nothing() -> None:
    """One empty page: starts the typesetter in this process, which must not fork from now on."""
    refuse_after_fork()
    _empty_page().compile(format="pdf")


@cache
def _empty_page() -> Any:
    return typst.Compiler(str(TEMPLATES / "empty.typ"), root=str(TEMPLATES), font_paths=fonts(),
                          ignore_system_fonts=True)


def _forget_older_documents() -> None:
    """Let the typesetter's cache go of what only this document needed.

    It keeps what the last ten documents used, 25 MB each, and has no switch for that. An empty page counts as a
    document and costs nothing; what reports share (texts of items, glyphs) is used again in time and stays.
    """
    for _each in range(EMPTY_PAGES):
        _empty_page().compile(format="svg")


def printable(value: Any) -> Any:
    """The value with its texts in composed form (NFC), without direction marks and control characters but line ends."""
    if isinstance(value, str):
        return value if value.isascii() and value.isprintable() else _printable_text(value)
    if isinstance(value, dict):
        return {key: printable(part) for key, part in value.items()}
    return [printable(part) for part in value] if isinstance(value, list) else value


def _printable_text(text: str) -> str:
    return DROPPED.sub("", REFUSED.sub("", unicodedata.normalize("NFC", text).replace("\t", " ")))


def require_glyphs(snapshot: Any) -> None:
    """Raise GlyphMissing, naming the character and where it stands, if the fonts cannot print the snapshot."""
    missing = unprintable()
    # Most often nothing is missing, and all texts at once are looked through sooner than one by one.
    if missing.search(canonical_json(snapshot)) is None:
        return
    for place, text in _texts(snapshot, ()):
        if found := missing.search(text):
            raise _glyph_missing(found.group(), place, text)


def _glyph_missing(char: str, place: tuple[str, ...], text: str) -> GlyphMissing:
    words = {"char": f"{char} U+{ord(char):04X}", "text": text[:40], "place": _place_in_words(place)}
    return GlyphMissing(GlyphMissing.message, field="snapshot", remedy=GlyphMissing.named_remedy % words, extra={
        "character": char, "code_point": f"U+{ord(char):04X}", "text": text[:80], "place": ".".join(place)})


def _place_in_words(place: tuple[str, ...]) -> str:
    """Where a text stands, in the reader's language as far as there are words: 被测设备 › 型号."""
    language = 0 if (get_language() or "zh").startswith("zh") else 1
    known = {key: pair[language] for key, pair in {**LEAVES, **PARTS}.items()}
    return " › ".join(known.get(key, key) for key in place)


def _texts(value: Any, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every text with the keys that lead to it; rows of a list by what they are known by, else by their number."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from _texts(part, (*place, key))
    elif isinstance(value, list):
        for number, part in enumerate(value, start=1):
            name = part.get("code") or part.get("number") if isinstance(part, Mapping) else None
            yield from _texts(part, (*place, str(name or number)))


def render(snapshot: dict[str, Any], *, draft: bool, photographs: Mapping[str, bytes] | None = None) -> bytes:
    """The report as PDF; the same snapshot, photographs and software give the same bytes.

    `photographs` holds the bytes by the ids that the snapshot names; a draft is watermarked 草稿 on every page, an
    issued report carries its snapshot as an attached file. Raises GlyphMissing, PhotographUnreadable, or
    RenderingFailed for what the typesetter refuses.
    """
    refuse_after_fork()
    snapshot = printable(snapshot)
    require_glyphs(snapshot)
    content = canonical_json(snapshot).encode()
    with tempfile.TemporaryDirectory(prefix="report-") as folder:
        root = Path(folder)
        (root / "snapshot.json").write_bytes(content)
        rows = snapshot.get("results", [])
        more = {"draft": draft, "excluded": not_done(rows),
                "proposed": sum(row.get("origin") == Origin.PROPOSED for row in rows),
                "digest": hashlib.sha256(content).hexdigest(),
                "photographs": _lay_out(root, snapshot, photographs or {})}
        (root / "more.json").write_text(json.dumps(more, ensure_ascii=False), encoding="utf-8")
        return _compile(root, _moment(snapshot))


def _lay_out(root: Path, snapshot: dict[str, Any], photographs: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Copy templates, QR code and re-encoded photographs into the private folder; returns the photographs to print."""
    for path in sorted(TEMPLATES.glob("*.typ")):
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
            # A photograph of a camera is decoded no larger than it is printed.
            image.draft("RGB", (PHOTOGRAPH_PIXELS, PHOTOGRAPH_PIXELS))
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError,
            Image.DecompressionBombWarning) as error:
        raise PhotographUnreadable(field="photographs", extra={"name": name}) from error
    upright.thumbnail((PHOTOGRAPH_PIXELS, PHOTOGRAPH_PIXELS))
    out = io.BytesIO()
    upright.save(out, format="JPEG", quality=82, optimize=False)
    return out.getvalue()


def _compile(root: Path, moment: datetime) -> bytes:
    """Typeset; facts go in as files of JSON, never as markup.

    Not as inputs of the typesetter either: it uses nothing again for a document whose inputs are others.
    """
    try:
        compiler = typst.Compiler(str(root / "report.typ"), root=str(root), font_paths=fonts(),
                                  ignore_system_fonts=True)
        content = compiler.compile(format="pdf", pdf_standards=[*PDF_STANDARDS], timestamp=moment)
    except (typst.TypstError, RuntimeError) as error:
        raise RenderingFailed(extra={"reason": str(error)}) from error
    _forget_older_documents()
    # Without the line end a signature appended later would break the archival format.
    return cast("bytes", content) + b"\n"


def _moment(snapshot: dict[str, Any]) -> datetime:
    report = snapshot["report"]
    return datetime.fromisoformat(report["authorised_at"] or report["compiled_at"])


def refuse_after_fork() -> None:
    """Raises RenderingFailed in a process forked from one that has typeset: its first document would never end."""
    if not _compiled_in:
        _compiled_in.append(os.getpid())
    if _compiled_in[0] != os.getpid():
        raise RenderingFailed(extra={"reason": "forked from a process that had already typeset"})
