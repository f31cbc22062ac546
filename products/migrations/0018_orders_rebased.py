"""A running order may go on by another edition, as an amendment that its applicant consents to."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("products", "0017_directory_index"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='planitem',
            name='reason',
            field=models.CharField(choices=[('mandatory', '该设备类型必测'), ('feature_declared', '已声明相关功能'), ('feature_not_declared', '未声明相关功能'), ('chosen', '申请方选测'), ('not_chosen', '申请方未选测'), ('child_in_plan', '有子项列入'), ('no_child_in_plan', '没有子项列入'), ('not_for_type', '不适用于该设备类型'), ('not_in_edition', '换版后的版本中没有此项')], max_length=20),
        ),
        migrations.CreateModel(
            name='Rebase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('proposed', '待送测单位同意'), ('consented', '已同意'), ('refused', '未同意')], default='proposed', max_length=10)),
                ('reason', models.TextField()),
                ('lines', models.JSONField(default=list)),
                ('proposed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answer', models.TextField(blank=True)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('from_edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='products.edition')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rebases', to='products.order')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('to_edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='products.edition')),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('order',), name='one_rebase_at_a_time')],
            },
        ),
    ]
