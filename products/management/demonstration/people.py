"""Who appears in the demonstration: two invented companies and one account for each part in the work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from members.companies.models import Company
from members.companies.services import register_company
from members.companies.states import Membership
from members.people.models import User
from members.people.services import authorise_tester, confirm_role, grant_role, register_user
from members.people.states import Activity, Role
from products.suites.models import Category

# Printed by `show_accounts`; both commands refuse to run on a public site.
PASSWORD = "wapi-demo-2026"  # noqa: S105 - it protects nothing but invented data
AUTHORISED = {Role.TE: Activity.RECORD, Role.VE: Activity.VERIFY, Role.SG: Activity.SIGN}
AUTHORISED_FROM = date(2026, 1, 1)

# No region of China has the number 999999, so these codes belong to nobody; only their check characters are right.
COMPANIES = {
    "sensors": {
        "name_zh": "演示传感科技有限公司", "short_name_zh": "演示传感",
        "name_en": "Demonstration Sensing Technology Co., Ltd.", "uscc": "91999999MA0DEM001C",
        "address_zh": "演示市演示区传感路1号", "address_en": "1 Chuangan Road, Demonstration City",
    },
    "networks": {
        "name_zh": "演示网络设备有限公司", "short_name_zh": "演示网络",
        "name_en": "Demonstration Network Equipment Co., Ltd.", "uscc": "91999999MA0DEM002F",
        "address_zh": "演示市演示区网络路2号", "address_en": "2 Wangluo Road, Demonstration City",
    },
}


@dataclass(frozen=True)
class Account:
    """One account: how to sign in, which roles it holds, and for a vendor the key of its company."""

    username: str
    name: str
    roles: tuple[Role, ...]
    company: str = ""

    @property
    def staff_number(self) -> str:
        """Tells an account of the demonstration from one that somebody opened under the same name."""
        return f"DEMO-{self.username}"


ACCOUNTS = (
    Account("vendor", "演示送测员", (Role.VU,), "sensors"),
    Account("vendor2", "演示送测员二", (Role.VU,), "networks"),
    Account("lab", "演示受理兼检测", (Role.IN, Role.TE)),
    Account("verifier", "演示校核员", (Role.VE,)),
    Account("signatory", "演示授权签字人", (Role.SG,)),
    Account("decider", "演示评定与决定", (Role.RV, Role.DM)),
    Account("quality", "演示质量负责人", (Role.QM,)),
    Account("auditor", "演示审计员", (Role.AU,)),
    Account("editor", "演示项目编辑", (Role.SE,)),
    Account("approver", "演示项目批准人", (Role.SA,)),
    Account("admin", "演示管理员", (Role.AD,)),
    Account("admin2", "演示管理员二", (Role.AD,)),
)


def open_companies() -> dict[str, Company]:
    """Both companies by their key, registered where they are missing."""
    return {key: _company(**facts) for key, facts in COMPANIES.items()}


def _company(*, uscc: str, **facts: str) -> Company:
    found = Company.objects.filter(uscc=uscc).first()
    return found or register_company(uscc=uscc, actor=None, is_demonstration=True, membership=Membership.MEMBER,
                                     name_en_confirmed=True, **facts)


def open_accounts(companies: dict[str, Company]) -> dict[str, User]:
    """Every account by its name, opened with its roles where it is missing."""
    return {account.username: _account(account, companies) for account in ACCOUNTS}


def _account(account: Account, companies: dict[str, Company]) -> User:
    found = User.objects.filter(staff_number=account.staff_number).first()
    if found:
        return found
    user = register_user(username=account.username, name=account.name, staff_number=account.staff_number,
                         password=PASSWORD, company=companies.get(account.company), actor=None)
    for role in account.roles:
        confirm_role(grant=grant_role(user=user, role=role, actor=None), actor=None)
    for role, activity in AUTHORISED.items():
        for category in Category.objects.values_list("code", flat=True).distinct() if role in account.roles else []:
            authorise_tester(user=user, activity=activity, category=category, valid_from=AUTHORISED_FROM, actor=None)
    return user
