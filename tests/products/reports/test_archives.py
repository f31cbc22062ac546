"""The archive of an order proves itself with the standard library alone, and shows every change."""

import io
import subprocess
import sys
import zipfile

import pytest

from products.reports.selectors import archive_of
from tests.factories import reports

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


@pytest.fixture
def order(cast):
    return reports.amended(cast).order


def unpacked(content, folder):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
    return next(folder.iterdir())


def verify(folder):
    program = [sys.executable, "-I", str(folder / "verify.py")]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_archive_of_staff_holds_everything_and_proves_itself(order, tmp_path):
    folder = unpacked(archive_of(order, is_for_staff=True), tmp_path)
    numbers = sorted(report.number for report in order.reports.all())
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    assert names == sorted(["README.txt", "digests.json", "evidence.json", "history.json", "reports.json", "verify.py",
                            *(f"reports/{number}{end}" for number in numbers for end in (".pdf", ".snapshot.json"))])
    code, told = verify(folder)
    assert (code, told.startswith("OK")) == (0, True)


@pytest.mark.parametrize("name", ["history.json", "reports.json", "evidence.json", ".pdf", ".snapshot.json"])
def test_verify_sees_a_changed_file(order, tmp_path, name):
    folder = unpacked(archive_of(order, is_for_staff=True), tmp_path)
    path = next(path for path in sorted(folder.rglob("*")) if path.name.endswith(name))
    content = path.read_bytes()
    path.write_bytes(content.replace(b"0", b"1", 1) if b"0" in content else content + b" ")
    assert verify(folder)[0] == 1


def test_verify_sees_a_removed_and_a_foreign_file(order, tmp_path):
    folder = unpacked(archive_of(order, is_for_staff=True), tmp_path)
    (folder / "more.txt").write_text("x")
    next(folder.glob("reports/*.pdf")).unlink()
    code, told = verify(folder)
    assert (code, "more.txt: not listed" in told, ".pdf: missing" in told) == (1, True, True)


def test_verify_takes_the_zip_itself(order, tmp_path):
    (tmp_path / "a.zip").write_bytes(archive_of(order, is_for_staff=True))
    folder = unpacked((tmp_path / "a.zip").read_bytes(), tmp_path / "out")
    done = subprocess.run([sys.executable, "-I", str(folder / "verify.py"), str(tmp_path / "a.zip")], check=False)
    assert done.returncode == 0


def test_archive_for_the_holder_tells_no_history(order, tmp_path, client, cast):
    client.force_login(cast.vendor)
    content = client.get(f"/my/orders/{order.number}/archive.zip").content
    folder = unpacked(content, tmp_path)
    assert not [path for path in folder.iterdir() if path.name in ("history.json", "evidence.json")]
    assert verify(folder)[0] == 0


def test_archive_of_the_same_facts_has_the_same_bytes(order):
    assert archive_of(order, is_for_staff=True) == archive_of(order, is_for_staff=True)


def test_archive_is_hidden_from_strangers(order, client, cast):
    client.force_login(cast.stranger)
    assert client.get(f"/my/orders/{order.number}/archive.zip").status_code == 404
    assert client.get(f"/lab/orders/{order.number}/archive.zip").status_code == 404
