"""Gapless series of numbers."""

from django.db import models


class Series(models.Model):
    """The last number given out in one series, for example ("report", 2026).

    Moved by `numbering.services.next_number`.
    """

    name = models.CharField(max_length=40)
    period = models.CharField(max_length=10)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "period"], name="numbering_series_once")]
