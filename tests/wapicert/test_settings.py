"""The settings refuse to start an unsafe public site, and need nothing for a private one."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAFE = {"DJANGO_SETTINGS_MODULE": "wapicert.settings", "PRODUCTION": "1", "ALLOWED_HOSTS": "site.example",
        "SECRET_KEY": "a-key-for-this-test-" + "0123456789abcdefghijkl" * 3, "PUBLIC_URL": "https://site.example",
        "LABORATORY_ADDRESS_ZH": "某市某路1号", "LABORATORY_ADDRESS_EN": "1 Some Road", "REPORT_SIGNER": "pkcs12",
        "REPORT_SIGNER_PKCS12": "/etc/wapicert/signer.p12"}


def start(tmp_path: Path, variables: dict[str, str], code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process that has these variables and no others of ours."""
    kept = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False,
                          env=kept | variables | {"DATA_DIR": str(tmp_path)})


def read(tmp_path: Path, name: str, **variables: str) -> str:
    result = start(tmp_path, variables, f"from wapicert import settings; print(settings.{name})")
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_without_variables_everything_is_embedded(tmp_path):
    assert read(tmp_path, "DATABASES['default']['NAME']") == str(tmp_path / "wapicert.sqlite3")
    assert read(tmp_path, "CELERY_BROKER_URL") == f"sqlitequeue:///{tmp_path}/queue.sqlite3"
    assert read(tmp_path, "DEBUG") == "False"


def test_with_variables_servers_are_used(tmp_path):
    services = {"DATABASE_URL": "postgres://me@there:5432/name", "REDIS_URL": "redis://there:6379/0"}
    assert read(tmp_path, "DATABASES['default']['ENGINE']", **services) == "django.db.backends.postgresql"
    assert read(tmp_path, "CELERY_BROKER_URL", **services) == "redis://there:6379/0"
    assert read(tmp_path, "CACHES['default']['LOCATION']", **services) == "redis://there:6379/0"


def test_options_in_the_address_of_the_database_are_kept(tmp_path):
    options = read(tmp_path, "DATABASES['default']['OPTIONS']", DATABASE_URL="postgres:///n?host=/run/there",
                   DATABASE_POOL="3")
    kept = ast.literal_eval(options)
    assert (kept["host"], kept["pool"]) == ("/run/there", {"min_size": 1, "max_size": 3, "timeout": 5})
    assert "jit=off" in kept["options"]
    own = read(tmp_path, "DATABASES['default']['OPTIONS']['options']", DATABASE_URL="postgres:///n?options=-c%20a%3Db")
    assert own == "-c a=b"


def test_production_without_a_secret_does_not_start(tmp_path):
    result = start(tmp_path, SAFE | {"SECRET_KEY": ""}, "from wapicert import settings")
    assert result.returncode == 1
    assert "SECRET_KEY is empty" in result.stderr


@pytest.mark.parametrize(("change", "warning"), [
    ({"DEBUG": "1"}, "security.W018"), ({"SECRET_KEY": "short"}, "security.W009"),
    ({"ALLOWED_HOSTS": ""}, "security.W020"), ({}, ""),
])
def test_deployment_check_passes_a_safe_site_only(tmp_path, change, warning):
    result = start(tmp_path, SAFE | change, "import django; from django.core.management import call_command; "
                   "django.setup(); call_command('check', deploy=True, tags=['security'], fail_level='WARNING')")
    assert result.returncode == bool(warning), result.stderr
    assert warning in result.stderr
