"""Every act on an order's chain has its words."""

import re
from pathlib import Path

from products.templatetags.acts import ACTS

ROOT = Path(__file__).resolve().parents[3]
# Chains of their own, which no page shows.
ELSEWHERE = {"company", "device", "edition", "listing", "role", "tester", "token", "tool", "user"}
# Dotted words that are no acts: names of tasks.
TASKS = {"certification.expire_certifications", "certification.follow_reports", "certification.issue_certificates",
         "reports.render_report",
         "reports.sweep_renderings", "results.process_import"}
# Kinds of notice that are no acts.
TOLD = {"rework.message", "rework.reminder", "certification.correction_waiting", "order.rebase_drops_failure"}
ACT = re.compile(r'"((?:order|sample|version|results?|exclusion|evidence|rework|report|certification)\.[a-z_]+)"')


def written_acts():
    found = set()
    for path in [*ROOT.glob("products/*/services.py"), *ROOT.glob("products/*/services/*.py")]:
        found |= set(ACT.findall(path.read_text()))
    return found - TASKS - TOLD


def test_acts_names_every_act_that_services_write():
    assert len(written_acts()) > 30
    assert sorted(written_acts() - ACTS.keys()) == []
