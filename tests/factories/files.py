"""Small files of every kind that the laboratory keeps, and some that lie about theirs."""

from __future__ import annotations

import io
import struct
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def picture(image_format: str = "PNG") -> bytes:
    """A tiny picture."""
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4), (0, 90, 160)).save(buffer, image_format)
    return buffer.getvalue()


def archive(*names: str) -> bytes:
    """A ZIP archive with these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as pack:
        for name in names:
            pack.writestr(name, "演示")
    return buffer.getvalue()


def capture_of(*subtypes: int) -> bytes:
    """A capture (pcap) with one WAI packet of each subtype in an Ethernet frame, a second apart."""
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    frames = [bytes(12) + b"\x88\xb4\x00\x01\x01" + bytes([one]) + bytes(20) for one in subtypes]
    return head + b"".join(struct.pack("<IIII", 100 + place, 0, len(one), len(one)) + one
                           for place, one in enumerate(frames))


CAPTURE = b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00" + bytes(16)
CONTENTS = {
    "capture.pcap": CAPTURE,
    "capture.pcapng": b"\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\1\0\0\0" + b"\xff" * 8 + b"\x1c\0\0\0",
    "photo.png": picture(),
    "photo.jpg": picture("JPEG"),
    "photo.JPEG": picture("JPEG"),
    "paper.pdf": b"%PDF-1.7\n%%EOF\n",
    "note.txt": "演示记录\n".encode(),
    "rig.log": "重传 3 次\n".encode("gb18030"),
    "values.csv": "item,value\nFUN-RT-01,3\n".encode("utf-8-sig"),
    "values.json": b'{"tx_count": "3"}',
    "values.xlsx": archive("[Content_Types].xml", "xl/workbook.xml"),
    "logs.zip": archive("a.txt"),
}


def upload(name: str = "capture.pcap", content: bytes | None = None) -> SimpleUploadedFile:
    """An upload of that name, with a content that fits it unless another is given."""
    return SimpleUploadedFile(name, CONTENTS[name] if content is None else content)
