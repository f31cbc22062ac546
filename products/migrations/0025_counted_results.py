"""Counts of results and of time per stage, over which the figures of the laboratory are drawn."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('products', '0024_editions_edited'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FailedItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20)),
                ('day', models.DateField()),
                ('tests', models.PositiveSmallIntegerField()),
                ('is_flaky', models.BooleanField()),
            ],
            options={
                'ordering': ['plan_item', 'day'],
            },
        ),
        migrations.CreateModel(
            name='FirstTests',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('tests', models.PositiveIntegerField()),
                ('passes', models.PositiveIntegerField()),
            ],
            options={
                'ordering': ['order', 'day'],
            },
        ),
        migrations.CreateModel(
            name='StageTime',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.CharField(choices=[('draft', '草稿'), ('submitted', '已提交'), ('returned', '待补正'), ('declined', '不予受理'), ('accepted', '已受理'), ('testing', '测试中'), ('complete', '测试完成'), ('reporting', '报告编制'), ('decided', '已决定'), ('closed', '已结束'), ('on_hold', '暂停中'), ('cancelled', '已取消')], max_length=12)),
                ('alliance_seconds', models.PositiveBigIntegerField(default=0)),
                ('vendor_seconds', models.PositiveBigIntegerField(default=0)),
            ],
            options={
                'ordering': ['order', 'stage'],
            },
        ),
        migrations.AddIndex(
            model_name='attemptact',
            index=models.Index(condition=models.Q(('kind__in', ['superseded', 'invalidated'])), fields=['attempt'], name='act_that_ends'),
        ),
        migrations.AddField(
            model_name='faileditem',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='failed_items', to='products.order'),
        ),
        migrations.AddField(
            model_name='faileditem',
            name='plan_item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='products.planitem'),
        ),
        migrations.AddField(
            model_name='firsttests',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='first_tests', to='products.order'),
        ),
        migrations.AddField(
            model_name='stagetime',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stage_times', to='products.order'),
        ),
        migrations.AddConstraint(
            model_name='faileditem',
            constraint=models.UniqueConstraint(fields=('plan_item', 'day'), name='failed_item_once_per_day'),
        ),
        migrations.AddConstraint(
            model_name='firsttests',
            constraint=models.UniqueConstraint(fields=('order', 'day'), name='first_tests_once_per_day'),
        ),
        migrations.AddConstraint(
            model_name='firsttests',
            constraint=models.CheckConstraint(condition=models.Q(('passes__lte', models.F('tests'))), name='first_tests_no_more_passes'),
        ),
        migrations.AddConstraint(
            model_name='stagetime',
            constraint=models.UniqueConstraint(fields=('order', 'stage'), name='stage_time_once'),
        ),
    ]
