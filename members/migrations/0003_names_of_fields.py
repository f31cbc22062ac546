"""Fields and tables have names in the admin; the database is not touched."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0002_append_only_history'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='company',
            options={'ordering': ['number'], 'verbose_name': '企业', 'verbose_name_plural': '企业'},
        ),
        migrations.AlterModelOptions(
            name='rolegrant',
            options={'verbose_name': '角色', 'verbose_name_plural': '角色'},
        ),
        migrations.AlterModelOptions(
            name='testauthorisation',
            options={'verbose_name': '测试授权', 'verbose_name_plural': '测试授权'},
        ),
        migrations.AlterModelOptions(
            name='user',
            options={'ordering': ['username'], 'verbose_name': '账户', 'verbose_name_plural': '账户'},
        ),
        migrations.AlterField(
            model_name='company',
            name='address_en',
            field=models.CharField(blank=True, max_length=300, verbose_name='英文地址'),
        ),
        migrations.AlterField(
            model_name='company',
            name='address_zh',
            field=models.CharField(blank=True, max_length=300, verbose_name='地址'),
        ),
        migrations.AlterField(
            model_name='company',
            name='foreign_identifier',
            field=models.CharField(blank=True, max_length=60, verbose_name='境外注册标识'),
        ),
        migrations.AlterField(
            model_name='company',
            name='membership',
            field=models.CharField(choices=[('unknown', '未知'), ('member', '会员'), ('not_member', '非会员')], default='unknown', max_length=12, verbose_name='会员'),
        ),
        migrations.AlterField(
            model_name='company',
            name='name_en',
            field=models.CharField(blank=True, max_length=200, verbose_name='英文名称'),
        ),
        migrations.AlterField(
            model_name='company',
            name='name_zh',
            field=models.CharField(max_length=200, verbose_name='名称'),
        ),
        migrations.AlterField(
            model_name='company',
            name='number',
            field=models.CharField(max_length=20, unique=True, verbose_name='编号'),
        ),
        migrations.AlterField(
            model_name='company',
            name='short_name_zh',
            field=models.CharField(blank=True, max_length=60, verbose_name='简称'),
        ),
        migrations.AlterField(
            model_name='company',
            name='uscc',
            field=models.CharField(blank=True, max_length=18, null=True, verbose_name='统一社会信用代码'),
        ),
        migrations.AlterField(
            model_name='rolegrant',
            name='confirmed_at',
            field=models.DateTimeField(null=True, verbose_name='确认时间'),
        ),
        migrations.AlterField(
            model_name='rolegrant',
            name='confirmed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='确认人'),
        ),
        migrations.AlterField(
            model_name='rolegrant',
            name='granted_at',
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name='授予时间'),
        ),
        migrations.AlterField(
            model_name='rolegrant',
            name='granted_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='授予人'),
        ),
        migrations.AlterField(
            model_name='rolegrant',
            name='revoked_at',
            field=models.DateTimeField(null=True, verbose_name='收回时间'),
        ),
        migrations.AlterField(
            model_name='rolegrant',
            name='role',
            field=models.CharField(choices=[('VU', '送测单位用户'), ('IN', '受理人员'), ('TE', '测试工程师'), ('VE', '校核/审核人'), ('SG', '授权签字人'), ('RV', '评定人'), ('DM', '决定人'), ('SE', '测试项目编辑'), ('SA', '测试项目批准人'), ('QM', '质量负责人'), ('AU', '审计员'), ('AD', '系统管理员')], max_length=2, verbose_name='角色'),
        ),
        migrations.AlterField(
            model_name='rolegrant',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='role_grants', to=settings.AUTH_USER_MODEL, verbose_name='账户'),
        ),
        migrations.AlterField(
            model_name='testauthorisation',
            name='category',
            field=models.CharField(max_length=10, verbose_name='测试类别'),
        ),
        migrations.AlterField(
            model_name='testauthorisation',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='test_authorisations', to=settings.AUTH_USER_MODEL, verbose_name='账户'),
        ),
        migrations.AlterField(
            model_name='testauthorisation',
            name='valid_from',
            field=models.DateField(verbose_name='有效期自'),
        ),
        migrations.AlterField(
            model_name='testauthorisation',
            name='valid_until',
            field=models.DateField(blank=True, null=True, verbose_name='有效期至'),
        ),
        migrations.AlterField(
            model_name='user',
            name='company',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='people', to='members.company', verbose_name='企业'),
        ),
        migrations.AlterField(
            model_name='user',
            name='email',
            field=models.EmailField(blank=True, max_length=254, verbose_name='电子邮箱'),
        ),
        migrations.AlterField(
            model_name='user',
            name='is_active',
            field=models.BooleanField(default=True, verbose_name='启用'),
        ),
        migrations.AlterField(
            model_name='user',
            name='name',
            field=models.CharField(max_length=80, verbose_name='姓名'),
        ),
        migrations.AlterField(
            model_name='user',
            name='staff_number',
            field=models.CharField(max_length=40, unique=True, verbose_name='工号'),
        ),
        migrations.AlterField(
            model_name='user',
            name='username',
            field=models.CharField(max_length=60, unique=True, verbose_name='用户名'),
        ),
    ]
