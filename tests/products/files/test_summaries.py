"""Summaries of photographs and captures: what they tell, and that no file harms the worker."""

import io
import struct
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from PIL import Image

from products.files.errors import FileTypeMismatch
from products.files.models import FileSummary
from products.files.services import requeue_lost_summaries, store_file, summarise_file
from products.results.services import add_evidence
from products.templatetags.summaries import capture_in_words
from tests.factories import orders
from tests.factories.files import CONTENTS, upload

pytestmark = pytest.mark.django_db
ETHERNET, WIRELESS, RADIOTAP, COOKED = 1, 105, 127, 113


def wai(subtype):
    return b"\x00\x01\x01" + bytes([subtype]) + bytes(20)


def framed(link, packet):
    snap = b"\xaa\xaa\x03\0\0\0\x88\xb4" + packet
    return {ETHERNET: bytes(12) + b"\x88\xb4" + packet, COOKED: bytes(14) + b"\x88\xb4" + packet,
            WIRELESS: b"\x08\x01" + bytes(22) + snap,
            RADIOTAP: b"\0\0\x08\0" + bytes(4) + b"\x88\x01" + bytes(24) + snap}[link]


def pcap(frames, link=ETHERNET):
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link)
    return head + b"".join(struct.pack("<IIII", 100 + place, 500_000, len(one), len(one)) + one
                           for place, one in enumerate(frames))


def pcapng(frames):
    def block(kind, body):
        body += bytes(-len(body) % 4)
        return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)
    return (CONTENTS["capture.pcapng"] + block(1, struct.pack("<HHI", ETHERNET, 0, 65535)) + b"".join(
        block(6, struct.pack("<IIIII", 0, 0, 2_000_000 * place, len(one), len(one)) + one)
        for place, one in enumerate(frames)))


def summary_of(cast, name, content):
    stored = store_file(upload=upload(name, content), actor=cast.tester)
    summarise_file(file_id=str(stored.pk))
    return FileSummary.objects.get(file=stored)


@pytest.mark.parametrize("link", [ETHERNET, COOKED, WIRELESS, RADIOTAP])
def test_capture_tells_frames_duration_and_wai_subtypes(cast, link):
    frames = [framed(link, wai(one)) for one in (3, 4, 4, 12)] + [bytes(60)]
    summary = summary_of(cast, "capture.pcap", pcap(frames, link))
    assert (summary.state, summary.facts) == (
        "done", {"frames": 5, "seconds": 4.0, "is_cut": False, "wai": {"3": 1, "4": 2, "12": 1}})
    assert capture_in_words(summary) == (
        "5 帧 · 历时 4 秒 · WAI分组：鉴别激活分组 ×1、接入鉴别请求分组 ×2、组播密钥通告响应分组 ×1")


def test_pcapng_is_read_too_and_a_missing_end_is_told(cast):
    whole = pcapng([framed(ETHERNET, wai(8)), bytes(60)])
    assert summary_of(cast, "capture.pcapng", whole).facts == {
        "frames": 2, "seconds": 2.0, "is_cut": False, "wai": {"8": 1}}
    cut = summary_of(cast, "capture.pcapng", whole[:-20])
    assert (cut.facts["frames"], cut.facts["is_cut"], "仅统计可读部分" in capture_in_words(cut)) == (1, True, True)


@pytest.mark.parametrize(("name", "content"), [
    ("capture.pcap", CONTENTS["capture.pcap"][:20]),
    ("capture.pcap", pcap([]) + struct.pack("<IIII", 0, 0, 2**31, 2**31) + bytes(40)),
    ("capture.pcapng", CONTENTS["capture.pcapng"] + struct.pack("<II", 6, 2**31) + bytes(40)),
    ("capture.pcapng", CONTENTS["capture.pcapng"] + struct.pack("<II", 6, 7) + bytes(40)),
    ("capture.pcapng", b"\x0a\x0d\x0d\x0a" + bytes(24)),
])
def test_corrupt_capture_is_refused_at_the_door(cast, name, content):
    with pytest.raises(FileTypeMismatch) as caught:
        store_file(upload=upload(name, content), actor=cast.tester)
    assert (caught.value.field, FileSummary.objects.count()) == ("file", 0)


def test_photograph_gets_a_small_picture_without_what_the_original_told(cast, client):
    made, tags = io.BytesIO(), Image.Exif()
    tags[0x010F], tags[0x0112] = "演示厂商", 6
    Image.new("RGB", (1200, 600), (0, 90, 160)).save(made, "JPEG", exif=tags)
    summary = summary_of(cast, "photo.jpg", made.getvalue())
    with summary.thumbnail.open() as kept, Image.open(kept) as small:
        assert (small.size, dict(small.getexif())) == ((160, 320), {})
    address = f"/lab/files/{summary.file_id}/thumbnail/"
    assert client.get(address).status_code == 302
    client.force_login(cast.vendor)
    assert client.get(address).status_code == 404
    client.force_login(cast.tester)
    assert client.get(address).headers["Content-Type"] == "image/jpeg"


def test_file_that_breaks_its_reader_ends_in_plain_words_and_keeps_its_bytes(cast, catalogue, client):
    order = orders.in_testing(cast)
    # The header is whole, so it is kept; the kind of its block is one that the reader fails on.
    evidence = add_evidence(order=order, item="IOP-01", actor=cast.tester, upload=upload(
        "capture.pcapng", CONTENTS["capture.pcapng"] + struct.pack("<III", 1, 12, 12)))
    assert summarise_file(file_id=evidence.file_id) is False
    client.force_login(cast.tester)
    page = client.get(f"/lab/orders/{order.number}/bench/items/IOP-01/").content.decode()
    assert ("无法生成摘要" in page, FileSummary.objects.get().state) == (True, "failed")


def test_killed_worker_is_followed_three_times_and_then_nobody_tries_again(cast):
    stored = store_file(upload=upload("capture.pcap", pcap([bytes(60)])), actor=cast.tester)
    FileSummary.objects.update(lease=timezone.now() + timedelta(minutes=3), tries=1)
    assert (summarise_file(file_id=stored.pk), requeue_lost_summaries()) == (False, 0)
    with time_machine.travel(timezone.now() + timedelta(minutes=4)):
        FileSummary.objects.update(tries=3)
        assert requeue_lost_summaries() == 0
    assert FileSummary.objects.get().state == "failed"
