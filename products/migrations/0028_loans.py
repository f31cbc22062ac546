"""Tools may be reserved, lent and taken back."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0008_sign_ins'),
        ('products', '0027_failures'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Loan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, unique=True)),
                ('contact', models.CharField(blank=True, max_length=120)),
                ('purpose', models.CharField(blank=True, max_length=200)),
                ('state', models.CharField(choices=[('reserved', '已预约'), ('out', '借出'), ('returned', '已归还'), ('cancelled', '已取消')], default='reserved', max_length=10)),
                ('starts_on', models.DateField()),
                ('due_on', models.DateField()),
                ('accessories', models.JSONField(default=list)),
                ('condition_out', models.CharField(blank=True, max_length=200)),
                ('handed_out_at', models.DateTimeField(null=True)),
                ('exception', models.TextField(blank=True)),
                ('condition_back', models.CharField(blank=True, max_length=200)),
                ('missing', models.JSONField(default=list)),
                ('returned_at', models.DateTimeField(null=True)),
                ('reminded', models.PositiveSmallIntegerField(default=0)),
                ('company', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='loans', to='members.company')),
                ('handed_out_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('returned_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tool', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='loans', to='products.tool')),
            ],
            options={
                'ordering': ['-starts_on', '-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'out')), fields=('tool',), name='tool_lent_once_at_a_time'), models.CheckConstraint(condition=models.Q(('due_on__gte', models.F('starts_on'))), name='loan_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(('company__isnull', True), ('person__isnull', True), _connector='XOR'), name='loan_has_one_borrower')],
            },
        ),
    ]
