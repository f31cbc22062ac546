"""Messages of a rework, written once, and how far a side was reminded."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from wapicert.database import AppendOnly


class Migration(migrations.Migration):

    dependencies = [
        ("products", "0015_certification_superseded"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='rework',
            name='reminded',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('round', models.PositiveSmallIntegerField()),
                ('text', models.TextField()),
                ('is_vendors', models.BooleanField()),
                ('written_at', models.DateTimeField()),
                ('rework', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='products.rework')),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'products_rework_message',
                'ordering': ['id'],
            },
        ),
        AppendOnly("products_rework_message"),
    ]
