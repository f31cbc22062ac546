"""Where the newest seal of each row stands; and no row of the history is replaced by another either."""

from django.db import migrations, models

from wapicert.database import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("members", "0011_anonymised_people")]
    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("key", models.CharField(max_length=160, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("chain", models.CharField(max_length=80)),
                ("sequence", models.PositiveBigIntegerField()),
            ],
        ),
        AppendOnly("members_entry"),
    ]
