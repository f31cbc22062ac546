"""Hub: Celery looks for tasks here only."""

from members.access.tasks import send_invitations
from members.history.tasks import record_heads
from members.notices.tasks import send_mails

__all__ = ["record_heads", "send_invitations", "send_mails"]
