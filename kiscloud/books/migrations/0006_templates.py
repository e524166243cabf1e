"""Vouchers that come again and again."""

from decimal import Decimal

import django.db.models.deletion
from config.create_models import CreateModels
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('books', '0005_items'),
        ('kiscloud', '0011_release_languages'),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name='VoucherTemplate',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=60, verbose_name='name')),
                        ('word', models.CharField(choices=[('记', 'General'), ('收', 'Receipt'), ('付', 'Payment'), ('转', 'Transfer')], default='记', max_length=1, verbose_name='word')),
                        ('account_set', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kiscloud.accountset', verbose_name='account set')),
                    ],
                    options={
                        'verbose_name': 'voucher template',
                        'verbose_name_plural': 'voucher templates',
                        'ordering': ['name'],
                        'constraints': [models.UniqueConstraint(fields=('account_set', 'name'), name='books_template_once')],
                    },
                ),
                migrations.CreateModel(
                    name='TemplateLine',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('place', models.PositiveSmallIntegerField(verbose_name='row')),
                        ('summary', models.CharField(max_length=120, verbose_name='summary')),
                        ('subject', models.CharField(max_length=15, verbose_name='subject')),
                        ('item', models.CharField(blank=True, max_length=20, verbose_name='accounting item')),
                        ('debit', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=18, verbose_name='debit')),
                        ('credit', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=18, verbose_name='credit')),
                        ('quantity', models.DecimalField(decimal_places=4, max_digits=18, null=True, verbose_name='quantity')),
                        ('account_set', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kiscloud.accountset', verbose_name='account set')),
                        ('template', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='books.vouchertemplate', verbose_name='voucher template')),
                    ],
                    options={
                        'verbose_name': 'line of a voucher template',
                        'verbose_name_plural': 'lines of voucher templates',
                        'ordering': ['place'],
                        'indexes': [models.Index(fields=['account_set', 'id'], name='books_template_line_of_set')],
                        'constraints': [models.UniqueConstraint(fields=('template', 'place'), name='books_template_line_place')],
                    },
                ),
            ],
        ),
    ]
