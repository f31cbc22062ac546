"""The addresses of the member portal."""

from django.urls import path

from products.portal.views import application, certifications, company, loans, orders, overview, rework, webhooks

urlpatterns = [
    path("my/", overview.show_overview, name="portal"),
    path("my/apply/", application.start, name="portal-apply"),
    path("my/apply/new/<slug:code>/", application.apply_with_new_device, name="portal-apply-new"),
    path("my/apply/device/<int:pk>/", application.apply_with_device, name="portal-apply-device"),
    path("my/apply/preview/<slug:code>/", application.preview_plan, name="portal-apply-preview"),
    path("my/orders/<str:number>/", orders.show_order, name="portal-order"),
    path("my/orders/<str:number>/archive.zip", orders.download_archive, name="portal-archive"),
    path("my/orders/<str:number>/edit/", application.edit, name="portal-order-edit"),
    path("my/orders/<str:number>/cancel/", orders.cancel, name="portal-order-cancel"),
    path("my/orders/<str:number>/exclusions/<int:pk>/accept/", orders.accept_waiver, name="portal-waiver"),
    path("my/orders/<str:number>/rebase/<int:pk>/<slug:verb>/", orders.answer_rebase, name="portal-rebase"),
    path("my/rework/<str:number>/", rework.show_rework, name="portal-rework"),
    path("my/rework/<str:number>/message/", rework.write, name="portal-rework-message"),
    path("my/rework/<str:number>/abandon/", rework.abandon, name="portal-rework-abandon"),
    path("my/files/<uuid:pk>/", orders.download_file, name="portal-file"),
    path("my/reports/<uuid:pk>.pdf", orders.download_report, name="portal-report"),
    path("my/webhooks/", webhooks.show_webhooks, name="portal-webhooks"),
    path("my/webhooks/<uuid:pk>/<slug:verb>/", webhooks.act_on_webhook, name="portal-webhook-act"),
    path("my/loans/", loans.show_loans, name="portal-loans"),
    path("my/company/", company.show_company, name="portal-company"),
    path("my/certifications/<slug:number>/certificate.pdf", certifications.download_certificate,
         name="portal-certificate"),
    path("my/certifications/", certifications.show_certifications, name="portal-certifications"),
]
