"""Whoever opens or reloads the address of an act finds the page that the act belongs to, and not an empty one."""

import pytest

from tests.factories import orders

pytestmark = pytest.mark.django_db
BROWSER = {"Accept": "text/html,application/xhtml+xml"}


@pytest.mark.parametrize(("act", "page"), [
    ("/lab/orders/{number}/do/accept/", "/lab/orders/{number}/"), ("/verify/file/", "/verify/"),
    ("/lab/orders/{number}/bench/exclude/", "/lab/orders/{number}/bench/"),
    ("/lab/orders/{number}/bench/attach/", "/lab/orders/{number}/bench/"),
])
def test_reloading_a_refused_act_shows_its_page(client, cast, catalogue, act, page):
    order = orders.in_testing(cast)
    client.force_login(cast.tester)
    act, page = act.format(number=order.number), page.format(number=order.number)
    refused = client.post(act, {})
    assert refused.status_code in (403, 409, 422, 302)
    again = client.get(act, headers=BROWSER, follow=True)
    assert (again.redirect_chain, again.status_code) == ([(page, 302)], 200)


@pytest.mark.parametrize("path", ["/api/v1/files/", "/verify/file/"])
def test_programs_are_told_that_the_method_is_not_allowed(client, path, cast):
    assert client.get(path).status_code in (401, 405)
