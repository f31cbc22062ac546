"""Tasks of the door, by their fixed names."""

from celery import shared_task


@shared_task(name="access.forget_sign_ins", acks_late=True)
def forget_sign_ins() -> None:
    """Delete what the log of sign-ins keeps no longer; a second run finds nothing to do."""
    from members.access import services

    services.forget_sign_ins()


@shared_task(name="access.send_invitations", acks_late=True, time_limit=120)
def send_invitations() -> None:
    """Mail the invitations that wait; every row is claimed, so a second run sends nothing twice."""
    from members.access import services

    services.send_invitations()
