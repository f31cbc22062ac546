"""Endpoints of results: the plan as it stands, batches, verification, exclusions, evidence, tools."""

from products.results.api.attempts import (
    Attempts,
    Correct,
    InDoubt,
    Invalidate,
    RefuseInvalidation,
    RequestInvalidation,
    Return,
    Verify,
    VerifyBatch,
)
from products.results.api.evidence import (
    EvidenceFile,
    EvidenceOfOrder,
    EvidenceUpload,
    Tools,
)
from products.results.api.exclusions import (
    AcceptExclusion,
    ApproveExclusion,
    ProposeExclusion,
    RefuseExclusion,
    ReopenExclusion,
    WithdrawExclusion,
)
from products.results.api.plan import (
    Plan,
)

__all__ = [
    "AcceptExclusion",
    "ApproveExclusion",
    "Attempts",
    "Correct",
    "EvidenceFile",
    "EvidenceOfOrder",
    "EvidenceUpload",
    "InDoubt",
    "Invalidate",
    "Plan",
    "ProposeExclusion",
    "RefuseExclusion",
    "RefuseInvalidation",
    "ReopenExclusion",
    "RequestInvalidation",
    "Return",
    "Tools",
    "Verify",
    "VerifyBatch",
    "WithdrawExclusion",
]
