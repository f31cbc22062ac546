"""Tasks of the door, by their fixed names."""

from celery import shared_task


@shared_task(name="access.send_invitations", acks_late=True, time_limit=120)
def send_invitations() -> None:
    """Mail the invitations that wait; every row is claimed, so a second run sends nothing twice."""
    from members.access import services

    services.send_invitations()
