"""Photographs and captures have a summary that a worker makes."""

import django.db.models.deletion
import products.storage_paths
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('products', '0030_webhooks'),
    ]

    operations = [
        migrations.CreateModel(
            name='FileSummary',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', '正在生成摘要'), ('done', '已有摘要'), ('failed', '无法生成摘要')], default='waiting', max_length=8)),
                ('facts', models.JSONField(default=dict)),
                ('thumbnail', models.FileField(blank=True, max_length=200, upload_to=products.storage_paths.stored_file_path)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('lease', models.DateTimeField(null=True)),
                ('file', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='summary', to='products.storedfile')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['lease'], name='summary_waiting')],
            },
        ),
    ]
