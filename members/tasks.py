"""Hub: Celery looks for tasks here only."""

from members.access.tasks import forget_sign_ins, send_invitations
from members.history.tasks import record_heads
from members.notices.tasks import send_mails

__all__ = ["forget_sign_ins", "record_heads", "send_invitations", "send_mails"]
