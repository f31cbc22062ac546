"""People and companies that appear in tests; all invented."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

from allauth.mfa.totp.internal.auth import TOTP

from members.access.services import note_account_change
from members.companies.models import Company
from members.companies.services import register_company
from members.people.models import User
from members.people.services import authorise_tester, confirm_role, grant_role, register_user
from members.people.states import Activity, Role

PASSWORD = "correct horse battery"
AUTHORISED = {Role.TE: Activity.RECORD, Role.VE: Activity.VERIFY, Role.SG: Activity.SIGN}
CATEGORIES = ["IOP", "INT", "FUN", "PER"]


def company(**changes: object) -> Company:
    """A company with a valid 统一社会信用代码."""
    values = {"name_zh": "演示甲通信科技有限公司", "short_name_zh": "演示甲", "name_en": "Demo A Telecom Co., Ltd.",
              "uscc": "91110108MA01ABCD3L", "is_demonstration": True}
    values.update(changes)
    return register_company(actor=None, **values)


def person(username: str, *roles: Role, company: Company | None = None) -> User:
    """A person who holds the roles, confirmed; testers, verifiers and signatories are authorised for every category."""
    user = register_user(username=username, name=f"演示{username}", staff_number=f"S-{username}", password=PASSWORD,
                         actor=None, company=company)
    for role in roles:
        confirm_role(grant=grant_role(user=user, role=role, actor=None), actor=None)
    for role, activity in AUTHORISED.items():
        for category in CATEGORIES if role in roles else []:
            authorise_tester(user=user, activity=activity, category=category, valid_from=date(2020, 1, 1), actor=None)
    return user


def give_factor(user: User, secret: str) -> None:
    """An authenticator app, set up as the account's own page does, with its act."""
    TOTP.activate(user, secret)
    note_account_change(user=user, change="totp_activated")


def cast() -> SimpleNamespace:
    """Everybody whom a test may need."""
    company_a = company()
    company_b = company(name_zh="演示乙仪器有限公司", short_name_zh="演示乙", name_en="Demo B Instruments Co., Ltd.",
                        uscc=None)
    return SimpleNamespace(
        company_a=company_a,
        company_b=company_b,
        vendor=person("vendor", Role.VU, company=company_a),
        stranger=person("stranger", Role.VU, company=company_b),
        intake=person("intake", Role.IN),
        tester=person("tester", Role.TE),
        tester2=person("tester2", Role.TE),
        verifier=person("verifier", Role.VE),
        signatory=person("signatory", Role.SG),
        reviewer=person("reviewer", Role.RV),
        decider=person("decider", Role.RV, Role.DM),
        quality=person("quality", Role.QM),
        editor=person("editor", Role.SE),
        approver=person("approver", Role.SA),
        auditor=person("auditor", Role.AU),
        admin=person("admin", Role.AD),
    )
