"""A public site says where its laboratory is and signs what it issues, or `manage.py check --deploy` fails."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

GOOD = {"SECRET_KEY": "k8" * 30, "PRODUCTION": "1", "ALLOWED_HOSTS": "site.example",
        "PUBLIC_URL": "https://site.example", "REPORT_SIGNER": "pkcs12", "REPORT_SIGNER_PKCS12": "/none.p12",
        "LABORATORY_ADDRESS_ZH": "北京市某区某路1号", "LABORATORY_ADDRESS_EN": "1 Some Road, Beijing"}


def checked(**changes):
    values = {key: value for key, value in (GOOD | changes).items() if value is not None}
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("LABORATORY", "REPORT_SIGNER"))}
    return subprocess.run([sys.executable, "manage.py", "check", "--deploy", "--tag", "security"], env=kept | values,
                          cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("changes", "named"), [
    ({"LABORATORY_ADDRESS_ZH": None}, "LABORATORY_ADDRESS_ZH"),
    ({"LABORATORY_ADDRESS_ZH": ""}, "LABORATORY_ADDRESS_ZH"),
    ({"LABORATORY_ADDRESS_ZH": "（地址待联盟填写）"}, "LABORATORY_ADDRESS_ZH"),
    ({"LABORATORY_ADDRESS_EN": "(demonstration) 1 Road"}, "LABORATORY_ADDRESS_EN"),
    ({"LABORATORY_NAME_ZH": "待定"}, "LABORATORY_NAME_ZH"), ({"REPORT_SIGNER": None}, "REPORT_SIGNER"),
    ({"REPORT_SIGNER": "none"}, "REPORT_SIGNER"),
])
def test_check_deploy_of_a_public_site_without_laboratory_or_signer_fails(changes, named):
    done = checked(**changes)
    assert done.returncode == 1
    assert named in done.stderr


def test_check_deploy_of_a_site_that_says_everything_passes():
    done = checked(LABORATORY_NAME_ZH="")
    assert done.returncode == 0, done.stderr
