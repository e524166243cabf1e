"""Subjects are broken down by items: customers, suppliers, departments and so on."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

BOOKS = Path(__file__).resolve().parent.parent / "sql" / "books.sql"


class Migration(migrations.Migration):

    dependencies = [
        ('books', '0004_stock'),
        ('kiscloud', '0009_sent_backups'),
    ]

    operations = [
        migrations.CreateModel(
            name='Item',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('customer', 'Customers'), ('supplier', 'Suppliers'), ('department', 'Departments'), ('employee', 'Employees'), ('project', 'Projects')], max_length=12, verbose_name='kind')),
                ('code', models.CharField(max_length=20, verbose_name='code')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('disabled', models.BooleanField(default=False, verbose_name='disabled')),
            ],
            options={
                'verbose_name': 'accounting item',
                'verbose_name_plural': 'accounting items',
                'ordering': ['kind', 'code'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='balance',
            name='books_balance_once',
        ),
        migrations.AddField(
            model_name='subject',
            name='item_kind',
            field=models.CharField(blank=True, choices=[('customer', 'Customers'), ('supplier', 'Suppliers'), ('department', 'Departments'), ('employee', 'Employees'), ('project', 'Projects')], db_default='', default='', max_length=12, verbose_name='broken down by'),
        ),
        migrations.AddField(
            model_name='item',
            name='account_set',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kiscloud.accountset', verbose_name='account set'),
        ),
        migrations.AddField(
            model_name='balance',
            name='item',
            field=models.ForeignKey(db_default=None, db_index=False, default=None, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='books.item', verbose_name='accounting item'),
        ),
        migrations.AddField(
            model_name='line',
            name='item',
            field=models.ForeignKey(db_default=None, db_index=False, default=None, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='books.item', verbose_name='accounting item'),
        ),
        migrations.AddIndex(
            model_name='line',
            index=models.Index(condition=models.Q(('item__isnull', False)), fields=['item', 'day', 'id'], name='books_line_of_item'),
        ),
        migrations.AddConstraint(
            model_name='balance',
            constraint=models.UniqueConstraint(fields=('account_set', 'month', 'subject', 'item'), name='books_balance_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.UniqueConstraint(fields=('account_set', 'kind', 'code'), name='books_item_once'),
        ),
        migrations.RunSQL(BOOKS.read_text(), migrations.RunSQL.noop),
    ]
