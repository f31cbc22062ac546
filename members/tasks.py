"""Hub: Celery looks for tasks here only."""

from members.history.tasks import record_heads

__all__ = ["record_heads"]
