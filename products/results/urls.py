"""Addresses of results."""

from django.urls import URLPattern, URLResolver, path

from products.results import api

ITEM = "orders/<slug:number>/items/<slug:code>/exclusion"
urlpatterns: list[URLPattern | URLResolver] = []
api_patterns: list[URLPattern | URLResolver] = [
    path("orders/<slug:number>/plan/", api.Plan.as_view(), name="api-order-plan"),
    path("orders/<slug:number>/attempts/", api.Attempts.as_view(), name="api-attempts"),
    path("orders/<slug:number>/attempts/verify/", api.VerifyBatch.as_view(), name="api-attempts-verify"),
    path("orders/<slug:number>/evidence/", api.EvidenceOfOrder.as_view(), name="api-order-evidence"),
    path("attempts/in-doubt/", api.InDoubt.as_view(), name="api-attempts-in-doubt"),
    path("attempts/<int:pk>/verify/", api.Verify.as_view(), name="api-attempt-verify"),
    path("attempts/<int:pk>/return/", api.Return.as_view(), name="api-attempt-return"),
    path("attempts/<int:pk>/correct/", api.Correct.as_view(), name="api-attempt-correct"),
    path("attempts/<int:pk>/request-invalidation/", api.RequestInvalidation.as_view(),
         name="api-attempt-request-invalidation"),
    path("attempts/<int:pk>/refuse-invalidation/", api.RefuseInvalidation.as_view(),
         name="api-attempt-refuse-invalidation"),
    path("attempts/<int:pk>/invalidate/", api.Invalidate.as_view(), name="api-attempt-invalidate"),
    path(f"{ITEM}/propose/", api.ProposeExclusion.as_view(), name="api-exclusion-propose"),
    path(f"{ITEM}/approve/", api.ApproveExclusion.as_view(), name="api-exclusion-approve"),
    path(f"{ITEM}/refuse/", api.RefuseExclusion.as_view(), name="api-exclusion-refuse"),
    path(f"{ITEM}/accept/", api.AcceptExclusion.as_view(), name="api-exclusion-accept"),
    path(f"{ITEM}/withdraw/", api.WithdrawExclusion.as_view(), name="api-exclusion-withdraw"),
    path(f"{ITEM}/reopen/", api.ReopenExclusion.as_view(), name="api-exclusion-reopen"),
    path("evidence/", api.EvidenceUpload.as_view(), name="api-evidence"),
    path("evidence/<uuid:pk>/", api.EvidenceFile.as_view(), name="api-evidence-file"),
    path("tools/", api.Tools.as_view(), name="api-tools"),
]
