"""Where the pages are: each with the template that it must be made of, so that none is forgotten."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """One page in one state; `path` is filled with the parts of the world that it is seen in."""

    name: str
    template: str
    path: str
    who: str = ""
    status: int = 200


SHELL = [
    Place("login", "account/login.html", "/accounts/login/"),
    Place("password-reset", "allauth/layouts/base.html", "/accounts/password/reset/"),
    Place("account", "members/people/account.html", "/accounts/me/", "vendor"),
    Place("own-address", "members/access/address.html", "/accounts/address/", "tester"),
    Place("password-change", "allauth/layouts/base.html", "/accounts/password/change/", "tester"),
    Place("logout", "allauth/layouts/base.html", "/accounts/logout/", "tester"),
    Place("notices", "members/notices/notices.html", "/notices/", "vendor"),
    Place("not-found", "404.html", "/no-such-page/", status=404),
    Place("denied", "403.html", "/denied/", status=403),
    Place("too-many", "429.html", "/too-many/", status=429),
    Place("refused", "refused.html", "/refused/", status=409),
    Place("broken", "500.html", "/broken/", status=500),
    Place("away", "503.html", "/away/", status=503),
    Place("expired-form", "403_csrf.html", "/expired/", status=403),
]
DIRECTORY = [
    Place("directory", "products/directory/directory.html", "/"),
    Place("search", "products/directory/directory.html", "/?q=%E8%8E%B2%E9%9B%BE&type=SEN"),
    Place("nothing", "products/directory/directory.html", "/?q=%E8%8E%B2%E9%9B%BE+%E7%BA%A2%E5%A4%96&year=xx"),
    Place("published", "products/directory/product.html", "/products/WAPI-B-0003/"),
    Place("named-only", "products/directory/product.html", "/products/WAPI-B-0009/"),
    Place("suspended", "products/directory/product.html", "/products/WAPI-2026-00002/"),
    Place("as-of", "products/directory/product.html", "/products/WAPI-2026-00002/?as_of=2026-11-20"),
    Place("companies", "products/directory/companies.html", "/companies/"),
    Place("columns", "products/directory/directory.html",
          "/?columns=company&columns=number&columns=categories&q=ap&ordering=-model&page_size=50"),
    Place("comparison", "products/directory/comparison.html",
          "/compare/?n=WAPI-B-0003&n=WAPI-2026-00002&n=WAPI-B-0009&n=WAPI-B-9999"),
    Place("company", "products/directory/company.html", "/companies/{company}/"),
    Place("changes", "products/directory/changes.html", "/changes/"),
    Place("open-data", "products/open_data/open_data.html", "/open-data/"),
    Place("figures", "products/insight/figures.html", "/figures/"),
    Place("follow", "products/subscriptions/subscribe.html", "/subscriptions/?device=WAPI-2026-00001"),
    Place("follow-asked", "products/subscriptions/done.html", "/subscriptions/asked/"),
    Place("follow-leave", "products/subscriptions/decide.html", "/subscriptions/leave/{leaving}/"),
    Place("verify", "products/directory/verify.html", "/verify/"),
    Place("verified", "products/directory/verification.html", "/v/{code}/"),
    Place("verified-suspended", "products/directory/verification.html", "/v/WAPI-T-2026-0002/"),
    Place("unknown", "products/directory/verification.html", "/v/7K2MQ9XWB4TF8/"),
]
# A whole edition is a long page, of which a category shows as much.
EDITIONS = [
    Place("list", "products/suites/editions.html", "/editions/"),
    Place("items", "products/suites/edition.html", "/editions/2024-03/?device_type=AP&category=PER"),
    Place("mistake", "products/suites/edition.html", "/editions/2024-03/?device_type=UFO&category=PER"),
    Place("matrix", "products/suites/matrix.html", "/editions/2024-03/matrix/"),
    Place("difference", "products/suites/difference.html", "/editions/before-2024-03/diff/2024-03/"),
    Place("draft", "products/suites/edition.html", "/editions/2026-draft/?category=PER", "editor"),
    Place("draft-difference", "products/suites/difference.html", "/editions/2024-03/diff/2026-draft/", "editor"),
]
LABORATORY = [
    Place("queues", "products/lab/queues.html", "/lab/", "verifier"),
    Place("queue-empty", "products/lab/queues.html", "/lab/?queue=held", "verifier"),
    Place("tools", "products/lab/tools.html", "/lab/tools/", "quality"),
    Place("yield", "products/insight/laboratory.html", "/lab/insight/", "auditor"),
    Place("failure-figures", "products/insight/laboratory.html", "/lab/insight/failures/?type=SEN", "quality"),
    Place("stages", "products/insight/laboratory.html", "/lab/insight/stages/", "quality"),
    Place("trend", "products/insight/laboratory.html", "/lab/insight/trend/?since=x", "tester", 422),
    Place("workload", "products/insight/laboratory.html", "/lab/insight/workload/", "verifier"),
    Place("equipment", "products/equipment/equipment.html", "/lab/equipment/", "intake"),
    Place("tool", "products/equipment/tool.html", "/lab/equipment/tools/YS-100/", "intake"),
    Place("loan", "products/equipment/loan.html", "/lab/equipment/loans/{loan}/", "intake"),
    Place("rigs", "products/lab/rigs.html", "/lab/rigs/", "tester"),
    Place("editions", "products/lab/editions.html", "/lab/editions/", "approver"),
    Place("draft-table", "products/lab/draft.html", "/lab/editions/2026-draft/draft/", "editor"),
    Place("draft-item", "products/lab/draft_item.html", "/lab/editions/2026-draft/draft/items/PER-07/", "editor"),
    Place("draft-new", "products/lab/draft_new.html", "/lab/editions/new/", "editor"),
    Place("draft-import", "products/lab/draft_import.html", "/lab/editions/2026-draft/draft/import/", "editor"),
    Place("draft-sheet", "products/lab/draft_sheet.html", "/lab/editions/sheets/{sheet}/", "editor"),
    Place("impact", "products/lab/impact.html", "/lab/editions/2026-draft/impact/", "approver"),
    Place("trial", "products/lab/trial.html", "/lab/editions/2026-draft/try/?type=SEN", "editor"),
    Place("duties", "products/lab/duties.html", "/lab/duties/", "quality"),
    Place("failures", "products/failures/failures.html", "/failures/", "quality"),
    Place("holds", "products/retention/holds.html", "/lab/holds/", "quality"),
    Place("departures", "products/retention/departures.html", "/people/departures/", "quality"),
    Place("companies", "products/lab/companies.html", "/lab/companies/", "intake"),
    Place("company", "products/lab/company.html", "/lab/companies/{company}/", "intake"),
    Place("taint", "products/lab/taint.html", "/lab/taint/", "quality"),
    Place("order-submitted", "products/lab/order.html", "/lab/orders/{submitted}/", "intake"),
    Place("order-testing", "products/lab/order.html", "/lab/orders/{testing}/", "intake"),
    Place("bench", "products/lab/bench.html", "/lab/orders/{testing}/bench/", "tester"),
    Place("bench-item", "products/lab/bench_item.html", "/lab/orders/{testing}/bench/items/IOP-01/", "tester"),
    Place("import-form", "products/lab/import_form.html", "/lab/orders/{testing}/bench/import/", "tester"),
    Place("import", "products/lab/import.html", "/lab/imports/{job}/", "tester"),
    Place("label", "products/lab/label.html", "/lab/orders/{testing}/samples/{sample}/label/", "intake"),
    Place("rebase", "products/lab/rebase.html", "/lab/orders/{testing}/rebase/", "verifier"),
    Place("record", "products/lab/record.html", "/lab/orders/{testing}/attempts/{attempt}/", "verifier"),
    Place("verify", "products/lab/verify.html", "/lab/orders/{testing}/verify/", "verifier"),
    Place("rework-open", "products/lab/rework.html", "/lab/orders/{open}/rework/", "tester"),
    Place("rework-claimed", "products/lab/rework.html", "/lab/orders/{claimed}/rework/", "verifier"),
    Place("report", "products/lab/report.html", "/lab/orders/{checked}/report/", "signatory"),
    Place("report-progress", "products/lab/report_progress.html", "/lab/orders/{authorised}/report/", "signatory"),
    Place("decision", "products/lab/decision.html", "/lab/orders/{granted}/decision/", "decider"),
    Place("history", "products/lab/history.html", "/lab/orders/{granted}/history/", "auditor"),
    Place("timeline", "products/lab/timeline.html", "/lab/history/company/{company}/", "auditor"),
]
PORTAL = [
    Place("overview", "products/portal/overview.html", "/my/"),
    Place("empty", "products/portal/overview.html", "/my/?show=ended"),
    Place("start", "products/portal/start.html", "/my/apply/"),
    Place("apply", "products/portal/application.html", "/my/apply/new/SEN/"),
    Place("edit", "products/portal/application.html", "/my/orders/{draft}/edit/"),
    Place("cancel", "products/portal/cancel.html", "/my/orders/{draft}/cancel/"),
    Place("order", "products/portal/order.html", "/my/orders/{answering}/"),
    Place("granted", "products/portal/order.html", "/my/orders/{granted}/"),
    Place("rework", "products/portal/rework.html", "/my/rework/{rework}/"),
    Place("webhooks", "products/portal/webhooks.html", "/my/webhooks/"),
    Place("loans", "products/portal/loans.html", "/my/loans/"),
    Place("company", "products/portal/company.html", "/my/company/"),
    Place("certifications", "products/portal/certifications.html", "/my/certifications/"),
]
# For whoever set up a second factor and has just come in; the first is for whoever gave the password alone.
DOORS = [
    Place("second-factor", "mfa/authenticate.html", "/accounts/2fa/authenticate/"),
    Place("authenticator-new", "mfa/totp/activate_form.html", "/accounts/2fa/totp/activate/"),
    Place("factors", "mfa/index.html", "/accounts/2fa/"),
    Place("authenticator-off", "mfa/totp/deactivate_form.html", "/accounts/2fa/totp/deactivate/"),
    Place("recovery-codes", "mfa/recovery_codes/index.html", "/accounts/2fa/recovery-codes/"),
    Place("recovery-codes-anew", "mfa/recovery_codes/generate.html", "/accounts/2fa/recovery-codes/generate/"),
    Place("passkeys", "mfa/webauthn/authenticator_list.html", "/accounts/2fa/webauthn/"),
    Place("passkey-new", "mfa/webauthn/add_form.html", "/accounts/2fa/webauthn/add/"),
    Place("passkey-name", "mfa/webauthn/edit_form.html", "/accounts/2fa/webauthn/keys/{key}/edit/"),
    Place("passkey-off", "mfa/webauthn/authenticator_confirm_delete.html",
          "/accounts/2fa/webauthn/keys/{key}/remove/"),
    Place("confirm-code", "mfa/reauthenticate.html", "/accounts/2fa/reauthenticate/"),
    Place("confirm-passkey", "mfa/webauthn/reauthenticate.html", "/accounts/2fa/webauthn/reauthenticate/"),
    Place("confirm-password", "account/reauthenticate.html", "/accounts/reauthenticate/", "tester"),
    Place("factors-of-all", "members/access/factors.html", "/people/factors/", "admin"),
    Place("sessions", "members/access/sessions.html", "/accounts/sessions/", "tester"),
    Place("sign-ins", "members/access/sign_ins.html", "/people/sign-ins/", "auditor"),
    Place("invitations", "members/access/invitations.html", "/people/invitations/", "admin"),
    Place("open-account", "members/access/open_account.html", "/invitations/{token}/", "verifier"),
]
EVERYWHERE = [*SHELL, *DOORS, *DIRECTORY, *EDITIONS, *LABORATORY, *PORTAL]
