"""Django's admin opens accounts and keeps roles, through the services, for the administrator alone."""

import pytest

from members.companies.models import Company
from members.history.models import Entry
from members.people.models import RoleGrant, User
from members.people.services import confirm_role, grant_role
from members.people.states import Role
from tests.factories import people

pytestmark = pytest.mark.django_db
ADDRESSES = ["/admin/", "/admin/members/user/", "/admin/members/user/add/", "/admin/members/rolegrant/",
             "/admin/members/rolegrant/add/", "/admin/members/testauthorisation/", "/admin/members/company/add/"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_admin_is_for_the_administrator_alone(client, cast, address):
    for person, status in ((cast.admin, 200), (cast.quality, 302), (cast.vendor, 302)):
        client.force_login(person)
        assert client.get(address).status_code == status


def test_company_account_and_role_are_opened_without_a_shell(client, cast):
    client.force_login(cast.admin)
    client.post("/admin/members/company/add/", {"name_zh": "演示丙科技有限公司", "uscc": "91330100MA2XXXX12H",
                                               "membership": "unknown"})
    company = Company.objects.get(name_zh="演示丙科技有限公司")
    assert company.number.startswith("C")
    client.post("/admin/members/user/add/", {"username": "new", "name": "演示新人", "staff_number": "S-new",
                                            "company": company.pk, "password": people.PASSWORD})
    user = User.objects.get(username="new")
    assert user.check_password(people.PASSWORD)
    client.post("/admin/members/rolegrant/add/", {"user": user.pk, "role": "VU"})
    grant = RoleGrant.objects.get(user=user)
    assert (grant.granted_by, grant.confirmed_at) == (cast.admin, None)
    assert Entry.objects.filter(chain="people", object_id="S-new").values_list("act", flat=True)[0] == "user.registered"


def test_wrong_uscc_is_refused_beside_its_field(client, cast):
    client.force_login(cast.admin)
    page = client.post("/admin/members/company/add/", {"name_zh": "演示丁", "uscc": "911", "membership": "unknown"})
    assert "统一社会信用代码不正确" in page.content.decode()
    assert not Company.objects.filter(name_zh="演示丁").exists()


def test_granter_cannot_confirm_but_another_administrator_can(client, cast):
    second = people.person("admin2", Role.AD)
    grant = grant_role(user=people.person("new"), role=Role.TE, actor=cast.admin)
    action = {"action": "confirm", "_selected_action": [grant.pk]}
    client.force_login(cast.admin)
    client.post("/admin/members/rolegrant/", action)
    assert RoleGrant.objects.get(pk=grant.pk).confirmed_at is None
    client.force_login(second)
    client.post("/admin/members/rolegrant/", action)
    assert RoleGrant.objects.get(pk=grant.pk).confirmed_by == second


def test_revoked_role_counts_no_longer(client, cast):
    grant = confirm_role(grant=grant_role(user=people.person("new"), role=Role.TE, actor=None), actor=None)
    client.force_login(cast.admin)
    client.post("/admin/members/rolegrant/", {"action": "revoke", "_selected_action": [grant.pk]})
    assert User.objects.get(username="new").role_codes == frozenset()


def test_closed_account_stays_and_signs_in_no_more(client, cast):
    client.force_login(cast.admin)
    client.post(f"/admin/members/user/{cast.tester.pk}/change/", {})
    assert User.objects.get(pk=cast.tester.pk).is_active is False
    assert client.post(f"/admin/members/user/{cast.tester.pk}/delete/", {"post": "yes"}).status_code == 403
