#!/usr/bin/env python3
"""Checks the archive of a test order without the software that made it: python3 verify.py [archive.zip or folder]

核对委托存档，无需原系统：只用 Python 3.8 及以上的标准库。SM3 摘要在装有 cryptography 时一并核对。

1. every file has the size and the SHA-256 (and SM3) that digests.json names, and there is no file beside them;
2. every report's snapshot has the digest that its row and the history name, and its PDF the digest of its row;
3. every entry of the history has the digest of its content and names the entry before it.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

try:
    from cryptography.hazmat.primitives.hashes import SM3, Hash
    HAS_SM3 = True
except ImportError:
    HAS_SM3 = False

UNLISTED = {"digests.json", "verify.py"}


def read_archive(path: Path) -> dict[str, bytes]:
    """{name: bytes} of a ZIP file or of the folder that it was unpacked into."""
    if path.is_dir():
        return {str(p.relative_to(path).as_posix()): p.read_bytes() for p in sorted(path.rglob("*")) if p.is_file()}
    with zipfile.ZipFile(path) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def canonical(value: Any) -> bytes:
    """The form over which digests of data are computed: sorted keys, no blanks, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def sm3(content: bytes) -> str:
    digest = Hash(SM3())
    digest.update(content)
    return digest.finalize().hex()


def faults_in_files(files: dict[str, bytes]) -> Iterator[str]:
    listed = json.loads(files["digests.json"])
    for name in sorted(set(files) - set(listed) - UNLISTED):
        yield f"{name}: not listed in digests.json 未列入摘要表"
    for name, expected in sorted(listed.items()):
        content = files.get(name)
        if content is None:
            yield f"{name}: missing 缺失"
        elif len(content) != expected["size"] or sha256(content) != expected["sha256"]:
            yield f"{name}: SHA-256 does not fit 摘要不符"
        elif HAS_SM3 and sm3(content) != expected["sm3"]:
            yield f"{name}: SM3 does not fit 摘要不符"


def faults_in_reports(files: dict[str, bytes], history: list[dict[str, Any]]) -> Iterator[str]:
    told = {(row["object_id"], row["after"].get("sha256")) for row in history if row["act"] == "report.issued"}
    for row in json.loads(files["reports.json"]):
        number, pdf, snapshot = row["number"], files.get(row["pdf"]), files.get(row["snapshot"])
        if pdf is None or sha256(pdf) != row["sha256"]:
            yield f"{number}: the PDF is not the one that was issued 文件不是签发的原件"
        if snapshot is None or sha256(canonical(json.loads(snapshot))) != row["snapshot_sha256"]:
            yield f"{number}: the snapshot was changed 快照被改动"
        if history and (row["id"], row["sha256"]) not in told:
            yield f"{number}: the history does not tell of this file 历史中没有签发此文件的记录"


def faults_in_history(history: list[dict[str, Any]]) -> Iterator[str]:
    previous = ""
    for place, entry in enumerate(history, start=1):
        content = {key: value for key, value in entry.items() if key != "hash"}
        if entry["sequence"] != place or entry["previous_hash"] != previous:
            yield f"history {place}: an entry is missing or out of place 记录缺失或次序不符"
        if sha256(canonical(content)) != entry["hash"]:
            yield f"history {place}: the entry was changed 记录被改动"
        previous = entry["hash"]


def main() -> int:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent
    files = read_archive(path)
    history = json.loads(files["history.json"]) if "history.json" in files else []
    faults = [*faults_in_files(files), *faults_in_reports(files, history), *faults_in_history(history)]
    for fault in faults:
        print("FAULT 有误:", fault)
    reports = len(json.loads(files["reports.json"]))
    if not faults:
        print(f"OK 完好: {len(files)} files 个文件, {reports} reports 份报告, {len(history)} entries 条历史记录"
              + ("" if HAS_SM3 else " (SM3 not checked 未核对 SM3)"))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
