from typing import Any

from django.db import migrations, models


def _what_was_done_before(apps: Any, _editor: Any) -> None:
    """Nobody is told today of what was done before there were notices of it."""
    apps.get_model("members", "Chain").objects.update(told=models.F("length"))


class Migration(migrations.Migration):

    dependencies = [
        ("members", "0012_sealed_rows"),
    ]

    operations = [
        migrations.AddField(
            model_name="chain",
            name="told",
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.RunPython(_what_was_done_before, migrations.RunPython.noop),
        migrations.AddField(
            model_name="user",
            name="language",
            field=models.CharField(blank=True, editable=False, max_length=10, verbose_name="语言"),
        ),
        migrations.AddIndex(
            model_name="chain",
            index=models.Index(
                condition=models.Q(("told__lt", models.F("length"))), fields=["name"], name="history_chain_untold"
            ),
        ),
    ]
