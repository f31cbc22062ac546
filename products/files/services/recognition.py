"""Holds the content of an upload against the kind of file that its name promises."""

from __future__ import annotations

import codecs
import json
import re
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from django.core.files.base import File
from PIL import Image

Check = Callable[["File[bytes]"], bool]
# Magic numbers of captures: microseconds and nanoseconds, in both byte orders; and the section header of pcapng.
PCAP = (b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d")
PCAPNG = (b"\x0a\x0d\x0d\x0a",)
# So many headers are looked at before a capture is kept, and no frame or block is larger.
HEADERS_READ, LARGEST_FRAME = 2000, 16 * 1024 * 1024
# Text comes in UTF-8 or, from older Chinese instruments, in GB18030.
ENCODINGS = ("utf-8-sig", "gb18030")
# Where a workbook's list of sheets stands; programs number it.
BOOK = r"(.*/)?workbook\d*\.xml"
# As many as a report can print.
PICTURE_LIMIT_PIXELS = 80_000_000


@dataclass(frozen=True)
class Kind:
    """A kind of file: its media type and the check of its content."""

    media_type: str
    check: Check


def begins_with(*signatures: bytes) -> Check:
    """A check of the first bytes."""
    def check(content: File[bytes]) -> bool:
        return bytes(content.read(16)).startswith(signatures)
    return check


def is_pcap(content: File[bytes]) -> bool:
    """Whether the header is whole, and so are those of the first frames; the end may be missing, as of any log."""
    head = bytes(content.read(24))
    if not head.startswith(PCAP) or len(head) < 24:
        return False
    order = "<" if head[0] in (0xD4, 0x4D) else ">"
    place = 24
    for _each in range(HEADERS_READ):
        content.seek(place)
        record = bytes(content.read(16))
        if len(record) < 16:
            return True
        length = struct.unpack(f"{order}I", record[8:12])[0]
        if length > LARGEST_FRAME:
            return False
        place += 16 + length
    return True


def is_pcapng(content: File[bytes]) -> bool:
    """Whether it begins with a section, and the first blocks say their length at both ends; the end may be missing."""
    head = bytes(content.read(12))
    marks = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}
    if not head.startswith(PCAPNG) or head[8:12] not in marks:
        return False
    order, place = marks[head[8:12]], 0
    for _each in range(HEADERS_READ):
        content.seek(place)
        block = bytes(content.read(8))
        if len(block) < 8:
            return place > 0
        length = struct.unpack(f"{order}I", block[4:8])[0]
        if length < 12 or length % 4 or length > LARGEST_FRAME:
            return False
        content.seek(place + length - 4)
        last = bytes(content.read(4))
        if len(last) == 4 and last != block[4:8]:
            return False
        place += length
    return True


def is_image(image_format: str) -> Check:
    """A check that Pillow reads the whole image as the format; a picture of absurd size is none.

    `verify` alone lets a JPEG pass that breaks off in the middle, which no report could print.
    """
    def check(content: File[bytes]) -> bool:
        try:
            with Image.open(content, formats=[image_format]) as image:
                if image.width * image.height > PICTURE_LIMIT_PIXELS:
                    return False
                image.verify()
            content.seek(0)
            with Image.open(content, formats=[image_format]) as image:
                image.load()
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning):
            return False
        return True
    return check


def is_text(content: File[bytes]) -> bool:
    """Whether the bytes are text in one of the encodings, without a NUL; UTF-16 only with its mark."""
    marked = content.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    content.seek(0)
    if marked:
        decoder = codecs.getincrementaldecoder("utf-16")()
        return all(_decodes(decoder, chunk) for chunk in content.chunks()) and _decodes(decoder, b"", final=True)
    decoders = [codecs.getincrementaldecoder(name)() for name in ENCODINGS]
    for chunk in content.chunks():
        decoders = [decoder for decoder in decoders if _decodes(decoder, chunk)]
        if b"\0" in chunk or not decoders:
            return False
    return any(_decodes(decoder, b"", final=True) for decoder in decoders)


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def is_json(content: File[bytes]) -> bool:
    """Whether the bytes are one JSON document in UTF-8."""
    try:
        json.loads(content.read().decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return False
    return True


def is_zip(*, holds: str | None = None) -> Check:
    """A check for a readable archive that, where `holds` is given, has a member of such a name."""
    def check(content: File[bytes]) -> bool:
        try:
            with zipfile.ZipFile(content) as archive:
                names = archive.namelist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
            return False
        return holds is None or any(re.fullmatch(holds, name) for name in names)
    return check


TEXT = Kind("text/plain", is_text)
JPEG = Kind("image/jpeg", is_image("JPEG"))
KINDS = {
    "pcap": Kind("application/vnd.tcpdump.pcap", is_pcap),
    "pcapng": Kind("application/x-pcapng", is_pcapng),
    "png": Kind("image/png", is_image("PNG")),
    "jpg": JPEG,
    "jpeg": JPEG,
    "pdf": Kind("application/pdf", begins_with(b"%PDF-")),
    "txt": TEXT,
    "log": TEXT,
    "csv": Kind("text/csv", is_text),
    "tsv": Kind("text/tab-separated-values", is_text),
    "xml": Kind("application/xml", is_text),
    "json": Kind("application/json", is_json),
    "xlsx": Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", is_zip(holds=BOOK)),
    "zip": Kind("application/zip", is_zip()),
}
ALLOWED_KINDS = tuple(KINDS)


def matches(kind: Kind, content: File[bytes]) -> bool:
    """Whether the content is of the kind; leaves the file at its start."""
    content.seek(0)
    is_match = kind.check(content)
    content.seek(0)
    return is_match
