"""Facts of a capture: frames, how long it ran, and the WAI packets (ethertype 0x88B4) by subtype."""

from __future__ import annotations

import struct
import time
from collections import Counter
from typing import Any, BinaryIO

import dpkt

# No capture is read for longer than this, nor further; what was read until then is told as a part.
MOST_FRAMES, MOST_SECONDS = 2_000_000, 30.0
WAI, VLAN, SNAP = 0x88B4, 0x8100, b"\xaa\xaa\x03\x00\x00\x00"
ETHERNET, WIRELESS, COOKED, RADIOTAP = 1, 105, 113, 127
PCAPNG = b"\x0a\x0d\x0d\x0a"


def facts_of_capture(content: BinaryIO | Any) -> dict[str, Any]:
    """What a capture holds; `is_cut` if its end is missing or was not read. Raises whatever the reader raises if not
    even its beginning can be read.
    """
    begun = bytes(content.read(4))
    content.seek(0)
    reader = dpkt.pcapng.Reader(content) if begun == PCAPNG else dpkt.pcap.Reader(content)
    link, deadline = reader.datalink(), time.monotonic() + MOST_SECONDS
    frames, first, last, subtypes, is_cut = 0, None, None, Counter[int](), False
    rows = iter(reader)
    while frames < MOST_FRAMES and time.monotonic() < deadline:
        try:
            at, frame = next(rows)
        except StopIteration:
            break
        except (dpkt.Error, ValueError, struct.error):
            is_cut = True
            break
        frames += 1
        first = at if first is None else min(first, at)
        last = at if last is None else max(last, at)
        if (subtype := wai_subtype(link, frame)) is not None:
            subtypes[subtype] += 1
    else:
        is_cut = True
    seconds = round(float(last - first), 3) if first is not None and last is not None else None
    return {"frames": frames, "seconds": seconds, "is_cut": is_cut,
            "wai": {str(key): subtypes[key] for key in sorted(subtypes)}}


def wai_subtype(link: int, frame: bytes) -> int | None:
    """The subtype of the WAI packet in a frame; None for any other frame. (Version: 2 bytes, type, subtype.)"""
    place = _place_of_packet(link, frame)
    packet = frame[place:] if place is not None else b""
    return packet[3] if len(packet) >= 12 and packet[2] == 1 else None


def _place_of_packet(link: int, frame: bytes) -> int | None:
    """Where the packet behind ethertype 0x88B4 begins."""
    if link == ETHERNET:
        place = 16 if frame[12:14] == VLAN.to_bytes(2, "big") else 12
    elif link == COOKED:
        place = 14
    elif link in (WIRELESS, RADIOTAP):
        start = int.from_bytes(frame[2:4], "little") if link == RADIOTAP else 0
        return _place_in_wireless(frame, start)
    else:
        return None
    return place + 2 if frame[place:place + 2] == WAI.to_bytes(2, "big") else None


def _place_in_wireless(frame: bytes, start: int) -> int | None:
    """Behind the header of an unprotected 802.11 data frame and its SNAP header."""
    control = frame[start:start + 2]
    if len(control) < 2 or control[0] & 0x0C != 0x08 or control[1] & 0x40:
        return None
    place = start + 24 + (6 if control[1] & 3 == 3 else 0) + (2 if control[0] & 0x80 else 0)
    is_wai = frame[place:place + 8] == SNAP + WAI.to_bytes(2, "big")
    return place + 8 if is_wai else None
