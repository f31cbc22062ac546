"""The addresses of the laboratory."""

from django.urls import path

from products.lab.views import (
    bench,
    companies,
    decisions,
    editions,
    orders,
    queues,
    records,
    reports,
    rework,
    timelines,
    tools,
    verification,
)

ORDER = "lab/orders/<str:number>/"
urlpatterns = [
    path("lab/", queues.show_queues, name="lab"),
    path("lab/tools/", tools.show_tools, name="lab-tools"),
    path("lab/tools/<str:number>/<slug:verb>/", tools.act_on_tool, name="lab-tool-act"),
    path("lab/companies/", companies.show_companies, name="lab-companies"),
    path("lab/companies/<str:number>/", companies.show_company, name="lab-company"),
    path("lab/companies/<str:number>/<slug:verb>/", companies.show_company, name="lab-company-act"),
    path("lab/editions/", editions.show_editions, name="lab-editions"),
    path("lab/editions/<slug:slug>/<slug:verb>/", editions.move_edition, name="lab-edition-move"),
    path("lab/files/<uuid:pk>/", reports.download_file, name="lab-file"),
    path(ORDER, orders.show_order, name="lab-order"),
    path(f"{ORDER}do/<slug:verb>/", orders.move, name="lab-order-move"),
    path(f"{ORDER}samples/<uuid:pk>/end/", orders.finish_sample, name="lab-sample-end"),
    path(f"{ORDER}history/", timelines.show_history, name="lab-history"),
    path(f"{ORDER}history.zip", timelines.export_history, name="lab-history-export"),
    path("lab/history/<slug:kind>/<str:key>/", timelines.show_timeline, name="lab-timeline"),
    path(f"{ORDER}bench/", bench.show_bench, name="lab-bench"),
    path(f"{ORDER}bench/exclude/", bench.exclude, name="lab-bench-exclude"),
    path(f"{ORDER}bench/attach/", bench.attach, name="lab-bench-attach"),
    path(f"{ORDER}verify/", verification.show_verification, name="lab-verify"),
    path(f"{ORDER}attempts/<int:pk>/", records.show_record, name="lab-record"),
    path(f"{ORDER}attempts/<int:pk>/<slug:verb>/", records.act_on_attempt, name="lab-attempt"),
    path(f"{ORDER}exclusions/<int:pk>/<slug:verb>/", verification.act_on_exclusion, name="lab-exclusion"),
    path(f"{ORDER}rework/", rework.show_rework, name="lab-rework"),
    path(f"{ORDER}rework/<str:rework_number>/<slug:verb>/", rework.act_on_rework, name="lab-rework-act"),
    path(f"{ORDER}report/", reports.show_reports, name="lab-report"),
    path(f"{ORDER}report/<uuid:pk>.pdf", reports.download, name="lab-report-pdf"),
    path(f"{ORDER}report/<uuid:pk>/progress/", reports.show_progress, name="lab-report-progress"),
    path(f"{ORDER}report/<uuid:pk>/<slug:verb>/", reports.act_on_report, name="lab-report-act"),
    path(f"{ORDER}decision/", decisions.show_decision, name="lab-decision"),
    path(f"{ORDER}decision/recommend/", decisions.recommend_order, name="lab-recommend"),
    path(f"{ORDER}decision/decide/", decisions.decide_order, name="lab-decide"),
    path(f"{ORDER}certification/<slug:verb>/", decisions.change_certification, name="lab-certification"),
]
