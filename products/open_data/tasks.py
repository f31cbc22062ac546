"""Tasks of open data, by their fixed names."""

from celery import shared_task

from products.open_data.errors import ReleaseInTheMaking

# A million rows in every form take some minutes; whatever takes longer than this has gone wrong.
LIMIT_SECONDS = 7200


@shared_task(name="open_data.publish_open_data", acks_late=False, time_limit=LIMIT_SECONDS)
def publish_open_data() -> None:
    """Publish the nightly release; while another one is made there is nothing to do.

    Taken off the queue at once: a queue that gives long work out again would make a second release; the next night
    makes up for one that was lost.
    """
    from products.open_data import services

    try:
        services.publish_open_data()
    except ReleaseInTheMaking:
        return
