"""Inventory of account sets."""

import config.states
import django.db.models.deletion
import django.utils.timezone
from decimal import Decimal
from config.create_models import CreateModels
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        # by its old name, so that a database in the middle of the old ones is refused
        ('books', '0005_items'),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name='Good',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('account_set', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kiscloud.accountset', verbose_name='account set')),
                        ('code', models.CharField(max_length=20, verbose_name='code')),
                        ('name', models.CharField(max_length=60, verbose_name='name')),
                        ('specification', models.CharField(blank=True, max_length=60, verbose_name='specification')),
                        ('unit', models.CharField(max_length=12, verbose_name='unit')),
                        ('price', models.DecimalField(decimal_places=4, max_digits=18, null=True, verbose_name='sales price')),
                        ('tax_rate', models.PositiveSmallIntegerField(null=True, verbose_name='tax rate')),
                        ('least', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=18, verbose_name='least stock')),
                        ('disabled', models.BooleanField(default=False, verbose_name='disabled')),
                    ],
                    options={
                        'verbose_name': 'good',
                        'verbose_name_plural': 'goods',
                        'ordering': ['code'],
                        'constraints': [models.UniqueConstraint(fields=('account_set', 'code'), name='inventory_good_once'), models.CheckConstraint(condition=models.Q(('tax_rate', None), ('tax_rate__in', (0, 1, 3, 6, 9, 13)), _connector='OR'), name='inventory_good_rate_known'), models.CheckConstraint(condition=models.Q(models.Q(('price', None), ('price__gte', 0), _connector='OR'), ('least__gte', 0)), name='inventory_good_not_negative')],
                    },
                ),
                migrations.CreateModel(
                    name='Stock',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('account_set', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kiscloud.accountset', verbose_name='account set')),
                        ('good', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='stock', to='inventory.good', verbose_name='good')),
                        ('quantity', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=18, verbose_name='on hand')),
                        ('value', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=18, verbose_name='value of stock')),
                    ],
                    options={
                        'verbose_name': 'stock on hand',
                        'verbose_name_plural': 'stock on hand',
                        'constraints': [models.UniqueConstraint(fields=('account_set', 'good'), name='inventory_stock_once'), models.CheckConstraint(condition=models.Q(('quantity__gte', 0), ('value__gte', 0)), name='inventory_stock_not_negative'), models.CheckConstraint(condition=models.Q(models.Q(('quantity', 0), _negated=True), ('value', 0), _connector='OR'), name='inventory_stock_empty_is_nought')],
                    },
                ),
                migrations.CreateModel(
                    name='Partner',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('account_set', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kiscloud.accountset', verbose_name='account set')),
                        ('code', models.CharField(max_length=20, verbose_name='code')),
                        ('name', models.CharField(max_length=60, verbose_name='name')),
                        ('is_customer', models.BooleanField(default=False, verbose_name='customer')),
                        ('is_supplier', models.BooleanField(default=False, verbose_name='supplier')),
                        ('tax_number', models.CharField(blank=True, max_length=20, verbose_name='tax number')),
                        ('phone', models.CharField(blank=True, max_length=30, verbose_name='phone')),
                        ('disabled', models.BooleanField(default=False, verbose_name='disabled')),
                    ],
                    options={
                        'verbose_name': 'business partner',
                        'verbose_name_plural': 'business partners',
                        'ordering': ['code'],
                        'constraints': [models.UniqueConstraint(fields=('account_set', 'code'), name='inventory_partner_once'), models.CheckConstraint(condition=models.Q(('is_customer', True), ('is_supplier', True), _connector='OR'), name='inventory_partner_is_something')],
                    },
                ),
                migrations.CreateModel(
                    name='Document',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('account_set', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kiscloud.accountset', verbose_name='account set')),
                        ('kind', models.CharField(choices=[('purchase', 'Purchase receipt'), ('sale', 'Sales delivery'), ('purchase_return', 'Return to a supplier'), ('sales_return', 'Return from a customer'), ('count', 'Stock count'), ('opening', 'Opening stock')], max_length=16, verbose_name='kind')),
                        ('month', models.IntegerField(verbose_name='month')),
                        ('number', models.PositiveIntegerField(null=True, verbose_name='number')),
                        ('day', models.DateField(verbose_name='date')),
                        ('partner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='inventory.partner', verbose_name='business partner')),
                        ('note', models.CharField(blank=True, max_length=120, verbose_name='note')),
                        ('state', config.states.StateField(choices=[('draft', 'Draft'), ('confirmed', 'Confirmed'), ('posted', 'With a voucher'), ('void', 'Void')], default='draft', editable=False, max_length=32, verbose_name='state')),
                        ('total', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=18, verbose_name='amount with tax')),
                        ('cost', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=18, verbose_name='cost')),
                        ('maker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='books.bookuser', verbose_name='made by')),
                        ('confirmer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='books.bookuser', verbose_name='confirmed by')),
                        ('voucher', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='books.voucher', verbose_name='voucher')),
                        ('saved_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='saved')),
                        ('confirmed_at', models.DateTimeField(null=True, verbose_name='confirmed')),
                    ],
                    options={
                        'verbose_name': 'stock document',
                        'verbose_name_plural': 'stock documents',
                        'ordering': ['-day', '-id'],
                        'indexes': [models.Index(fields=['account_set', '-day', '-id'], name='inventory_document_by_day'), models.Index(condition=models.Q(('state', 'confirmed')), fields=['account_set', 'month'], name='inventory_document_waiting')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'confirmed', 'posted', 'void'])), name='inventory_document_state_known'), models.CheckConstraint(condition=models.Q(('kind__in', ['purchase', 'sale', 'purchase_return', 'sales_return', 'count', 'opening'])), name='inventory_document_kind_known'), models.UniqueConstraint(fields=('account_set', 'kind', 'month', 'number'), name='inventory_document_number'), models.CheckConstraint(condition=models.Q(models.Q(('number', None), ('state', 'draft')), ('number__gt', 0), _connector='OR'), name='inventory_document_numbered'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'posted'), ('voucher__isnull', False)), models.Q(models.Q(('state', 'posted'), _negated=True), ('voucher', None)), _connector='OR'), name='inventory_document_voucher'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('count', 'opening')), ('partner', None)), models.Q(models.Q(('kind__in', ('count', 'opening')), _negated=True), ('partner__isnull', False)), _connector='OR'), name='inventory_document_partner')],
                    },
                ),
                migrations.CreateModel(
                    name='DocumentLine',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('account_set', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kiscloud.accountset', verbose_name='account set')),
                        ('document', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='inventory.document', verbose_name='stock document')),
                        ('place', models.PositiveSmallIntegerField(verbose_name='row')),
                        ('good', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='inventory.good', verbose_name='good')),
                        ('day', models.DateField(verbose_name='date')),
                        ('quantity', models.DecimalField(decimal_places=4, max_digits=18, verbose_name='quantity')),
                        ('price', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=18, verbose_name='unit price')),
                        ('amount', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=18, verbose_name='amount')),
                        ('rate', models.PositiveSmallIntegerField(default=0, verbose_name='tax rate')),
                        ('tax', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=18, verbose_name='tax')),
                        ('moved', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=18)),
                        ('cost', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=18, verbose_name='cost')),
                    ],
                    options={
                        'verbose_name': 'line of a stock document',
                        'verbose_name_plural': 'lines of stock documents',
                        'ordering': ['place'],
                        'indexes': [models.Index(fields=['good', 'day', 'id'], name='inventory_line_of_good'), models.Index(fields=['account_set', 'day', 'good'], name='inventory_line_of_set')],
                        'constraints': [models.UniqueConstraint(fields=('document', 'place'), name='inventory_line_place'), models.CheckConstraint(condition=models.Q(('amount__gte', 0), ('price__gte', 0), ('quantity__gte', 0), ('tax__gte', 0)), name='inventory_line_not_negative'), models.CheckConstraint(condition=models.Q(('rate__in', (0, 1, 3, 6, 9, 13))), name='inventory_line_rate_known')],
                    },
                ),
            ],
        ),
    ]
