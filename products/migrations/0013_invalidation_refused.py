"""A refused invalidation may be asked for again, so that two kinds of act happen more than once."""

from django.db import migrations, models

from wapicert.database import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("products", "0012_reworks_written_once")]
    operations = [
        migrations.RemoveConstraint(model_name="attemptact", name="act_once_per_attempt"),
        migrations.AlterField(
            model_name="attemptact", name="kind",
            field=models.CharField(max_length=24, choices=[
                ("returned", "退回"), ("verified", "校核"), ("superseded", "更正"), ("invalidation_requested", "申请作废"),
                ("invalidation_refused", "不予作废"), ("invalidated", "作废"),
            ]),
        ),
        migrations.AddConstraint(
            model_name="attemptact",
            constraint=models.UniqueConstraint(
                condition=~models.Q(kind__in=["invalidation_requested", "invalidation_refused"]),
                fields=("attempt", "kind"), name="act_once_per_attempt",
            ),
        ),
        # SQLite writes the table anew for the constraint, which takes the guard off.
        AppendOnly("products_attemptact"),
    ]
