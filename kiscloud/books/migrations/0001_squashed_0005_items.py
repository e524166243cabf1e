"""Books of account sets, and what the database keeps of them by itself."""

import config.states
import django.contrib.postgres.fields
import django.db.models.constraints
import django.db.models.deletion
import django.utils.timezone
from decimal import Decimal
from pathlib import Path
from config.create_models import CreateModels
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / 'sql'


class Migration(migrations.Migration):

    replaces = [
        ('books', '0001_initial'),
        ('books', '0002_keeping'),
        ('books', '0003_audits'),
        ('books', '0004_stock'),
        ('books', '0005_items'),
    ]

    initial = True

    dependencies = [
        # by its old name, so that a database in the middle of the old ones is refused
        ('kiscloud', '0011_release_languages'),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name='Item',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('account_set', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kiscloud.accountset', verbose_name='account set')),
                        ('kind', models.CharField(choices=[('customer', 'Customers'), ('supplier', 'Suppliers'), ('department', 'Departments'), ('employee', 'Employees'), ('project', 'Projects')], max_length=12, verbose_name='kind')),
                        ('code', models.CharField(max_length=20, verbose_name='code')),
                        ('name', models.CharField(max_length=60, verbose_name='name')),
                        ('disabled', models.BooleanField(default=False, verbose_name='disabled')),
                    ],
                    options={
                        'verbose_name': 'accounting item',
                        'verbose_name_plural': 'accounting items',
                        'ordering': ['kind', 'code'],
                        'constraints': [models.UniqueConstraint(fields=('account_set', 'kind', 'code'), name='books_item_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Employee',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('account_set', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kiscloud.accountset', verbose_name='account set')),
                        ('number', models.CharField(max_length=20, verbose_name='number')),
                        ('name', models.CharField(max_length=60, verbose_name='name')),
                    ],
                    options={
                        'verbose_name': 'employee',
                        'verbose_name_plural': 'employees',
                        'ordering': ['number'],
                        'constraints': [models.UniqueConstraint(fields=('account_set', 'number'), name='books_employee_once')],
                    },
                ),
                migrations.CreateModel(
                    name='UserGroup',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('account_set', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kiscloud.accountset', verbose_name='account set')),
                        ('key', models.CharField(max_length=20)),
                        ('name', models.CharField(max_length=40, verbose_name='name')),
                        ('rights', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), default=list, size=None, verbose_name='rights')),
                    ],
                    options={
                        'verbose_name': 'user group',
                        'verbose_name_plural': 'user groups',
                        'ordering': ['id'],
                        'constraints': [models.UniqueConstraint(fields=('account_set', 'key'), name='books_group_once')],
                    },
                ),
                migrations.CreateModel(
                    name='BookUser',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('account_set', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kiscloud.accountset', verbose_name='account set')),
                        ('name', models.CharField(max_length=60, verbose_name='name')),
                        ('employee', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='users', to='books.employee', verbose_name='employee')),
                        ('set_user', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='book_user', to='kiscloud.setuser', verbose_name='set user')),
                    ],
                    options={
                        'verbose_name': 'user of the books',
                        'verbose_name_plural': 'users of the books',
                        'ordering': ['name', 'id'],
                        'indexes': [models.Index(fields=['account_set', 'name'], name='books_user_of_set')],
                    },
                ),
                migrations.CreateModel(
                    name='Membership',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('account_set', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kiscloud.accountset', verbose_name='account set')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='books.bookuser', verbose_name='user')),
                        ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='books.usergroup', verbose_name='group')),
                    ],
                    options={
                        'verbose_name': 'membership of a group',
                        'verbose_name_plural': 'memberships of groups',
                        'constraints': [models.UniqueConstraint(fields=('account_set', 'user', 'group'), name='books_member_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Subject',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('account_set', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kiscloud.accountset', verbose_name='account set')),
                        ('code', models.CharField(max_length=15, verbose_name='code')),
                        ('name', models.CharField(max_length=60, verbose_name='name')),
                        ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='books.subject', verbose_name='above')),
                        ('level', models.PositiveSmallIntegerField(verbose_name='level')),
                        ('category', models.PositiveSmallIntegerField(choices=[(1, 'Assets'), (2, 'Liabilities'), (3, "Owners' equity"), (4, 'Costs'), (5, 'Profit and loss')], verbose_name='category')),
                        ('side', models.SmallIntegerField(choices=[(1, 'Debit'), (-1, 'Credit')], verbose_name='side')),
                        ('is_leaf', models.BooleanField(default=True, verbose_name='takes entries')),
                        ('is_cash', models.BooleanField(default=False, verbose_name='cash or bank')),
                        ('unit', models.CharField(blank=True, max_length=12, verbose_name='counted in')),
                        ('cash_in', models.PositiveSmallIntegerField(null=True)),
                        ('cash_out', models.PositiveSmallIntegerField(null=True)),
                        ('item_kind', models.CharField(blank=True, choices=[('customer', 'Customers'), ('supplier', 'Suppliers'), ('department', 'Departments'), ('employee', 'Employees'), ('project', 'Projects')], db_default='', default='', max_length=12, verbose_name='broken down by')),
                        ('disabled', models.BooleanField(default=False, verbose_name='disabled')),
                    ],
                    options={
                        'verbose_name': 'subject',
                        'verbose_name_plural': 'subjects',
                        'ordering': ['code'],
                        'constraints': [models.UniqueConstraint(fields=('account_set', 'code'), name='books_subject_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Balance',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('account_set', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kiscloud.accountset', verbose_name='account set')),
                        ('month', models.IntegerField(verbose_name='month')),
                        ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='balances', to='books.subject', verbose_name='subject')),
                        ('item', models.ForeignKey(db_default=None, db_index=False, default=None, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='books.item', verbose_name='accounting item')),
                        ('opening', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=18, verbose_name='opening balance')),
                        ('debit', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=18, verbose_name='debit')),
                        ('credit', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=18, verbose_name='credit')),
                        ('carried', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=18)),
                        ('year_debit', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=18)),
                        ('year_credit', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=18)),
                        ('year_carried', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=18)),
                        ('quantity', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=18, verbose_name='quantity')),
                        ('quantity_moved', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=18)),
                    ],
                    options={
                        'verbose_name': 'balance of a subject',
                        'verbose_name_plural': 'balances of subjects',
                        'constraints': [models.UniqueConstraint(fields=('account_set', 'month', 'subject', 'item'), name='books_balance_once', nulls_distinct=False)],
                    },
                ),
                migrations.CreateModel(
                    name='CashFlow',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('account_set', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kiscloud.accountset', verbose_name='account set')),
                        ('month', models.IntegerField(verbose_name='month')),
                        ('item', models.PositiveSmallIntegerField(verbose_name='line')),
                        ('amount', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='amount')),
                    ],
                    options={
                        'verbose_name': 'cash flow of a month',
                        'verbose_name_plural': 'cash flows of months',
                        'constraints': [models.UniqueConstraint(fields=('account_set', 'month', 'item'), name='books_cash_flow_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Voucher',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('account_set', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kiscloud.accountset', verbose_name='account set')),
                        ('month', models.IntegerField(verbose_name='period')),
                        ('word', models.CharField(choices=[('记', 'General'), ('收', 'Receipt'), ('付', 'Payment'), ('转', 'Transfer')], default='记', max_length=1, verbose_name='word')),
                        ('number', models.PositiveIntegerField(null=True, verbose_name='number')),
                        ('day', models.DateField(verbose_name='date')),
                        ('kind', models.CharField(choices=[('entered', 'Entered'), ('carry_over', 'Carrying over'), ('reversal', 'Reversal'), ('stock', 'From stock documents')], default='entered', max_length=12, verbose_name='origin')),
                        ('state', config.states.StateField(choices=[('draft', 'Draft'), ('saved', 'To be audited'), ('audited', 'Audited'), ('posted', 'Posted'), ('void', 'Void')], default='draft', editable=False, max_length=32, verbose_name='state')),
                        ('attachments', models.PositiveSmallIntegerField(default=0, verbose_name='attachments')),
                        ('summary', models.CharField(blank=True, max_length=120, verbose_name='summary')),
                        ('total', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=18, verbose_name='amount')),
                        ('maker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='books.bookuser', verbose_name='made by')),
                        ('auditor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='books.bookuser', verbose_name='audited by')),
                        ('poster', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='books.bookuser', verbose_name='posted by')),
                        ('reverses', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversals', to='books.voucher', verbose_name='reverses')),
                        ('saved_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='saved')),
                        ('posted_at', models.DateTimeField(null=True, verbose_name='posted')),
                    ],
                    options={
                        'verbose_name': 'voucher',
                        'verbose_name_plural': 'vouchers',
                        'ordering': ['-month', 'word', '-number', '-id'],
                        'indexes': [models.Index(fields=['account_set', '-day', '-id'], name='books_voucher_by_day'), models.Index(condition=models.Q(('state__in', ['draft', 'saved', 'audited'])), fields=['account_set', 'month', 'state'], name='books_voucher_waiting')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'saved', 'audited', 'posted', 'void'])), name='books_voucher_state_known'), models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('account_set', 'month', 'word', 'number'), name='books_voucher_number'), models.CheckConstraint(condition=models.Q(('state', 'draft'), ('number__gt', 0), _connector='OR'), name='books_voucher_numbered'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'audited'), _negated=True), ('auditor__isnull', False), _connector='OR'), name='books_voucher_audited'), models.CheckConstraint(condition=models.Q(('auditor', None), models.Q(('auditor', models.F('maker')), _negated=True), _connector='OR'), name='books_voucher_other_auditor')],
                    },
                ),
                migrations.CreateModel(
                    name='Line',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('account_set', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kiscloud.accountset', verbose_name='account set')),
                        ('voucher', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='books.voucher', verbose_name='voucher')),
                        ('place', models.PositiveSmallIntegerField(verbose_name='row')),
                        ('summary', models.CharField(max_length=120, verbose_name='summary')),
                        ('subject', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='books.subject', verbose_name='subject')),
                        ('item', models.ForeignKey(db_default=None, db_index=False, default=None, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='books.item', verbose_name='accounting item')),
                        ('day', models.DateField(verbose_name='date')),
                        ('debit', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=18, verbose_name='debit')),
                        ('credit', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=18, verbose_name='credit')),
                        ('quantity', models.DecimalField(decimal_places=4, max_digits=18, null=True, verbose_name='quantity')),
                    ],
                    options={
                        'verbose_name': 'line of a voucher',
                        'verbose_name_plural': 'lines of vouchers',
                        'ordering': ['place'],
                        'indexes': [models.Index(fields=['subject', 'day', 'id'], name='books_line_of_subject'), models.Index(condition=models.Q(('item__isnull', False)), fields=['item', 'day', 'id'], name='books_line_of_item'), models.Index(fields=['account_set', 'id'], name='books_line_of_set')],
                        'constraints': [models.UniqueConstraint(fields=('voucher', 'place'), name='books_line_place'), models.CheckConstraint(condition=models.Q(('debit', 0), ('credit', 0), _connector='OR'), name='books_line_one_side')],
                    },
                ),
                migrations.CreateModel(
                    name='Books',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('account_set', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='books', to='kiscloud.accountset', verbose_name='account set')),
                        ('company', models.CharField(max_length=120, verbose_name='company')),
                        ('tax_kind', models.CharField(choices=[('general', 'General taxpayer'), ('small', 'Small-scale taxpayer')], default='general', max_length=8, verbose_name='taxpayer')),
                        ('template', models.CharField(choices=[('small_business', 'Accounting Standards for Small Businesses'), ('small_business_bare', 'The same, first level and taxes only')], max_length=20, verbose_name='chart of subjects')),
                        ('code_lengths', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), size=None, verbose_name='digits of each level')),
                        ('start_month', models.IntegerField(verbose_name='first period')),
                        ('month', models.IntegerField(verbose_name='current period')),
                        ('audit_first', models.BooleanField(db_default=True, default=True, verbose_name='vouchers are audited before they are posted')),
                        ('opened_at', models.DateTimeField(null=True, verbose_name='opening balances finished')),
                        ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='created')),
                    ],
                    options={
                        'verbose_name': 'books',
                        'verbose_name_plural': 'books',
                        'constraints': [models.CheckConstraint(condition=models.Q(('month__gte', models.F('start_month'))), name='books_month_after_start')],
                    },
                ),
                migrations.CreateModel(
                    name='Period',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('account_set', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kiscloud.accountset', verbose_name='account set')),
                        ('month', models.IntegerField(verbose_name='month')),
                        ('state', config.states.StateField(choices=[('open', 'Open'), ('closed', 'Closed')], default='open', editable=False, max_length=32, verbose_name='state')),
                        ('closed_at', models.DateTimeField(null=True, verbose_name='closed')),
                    ],
                    options={
                        'verbose_name': 'period',
                        'verbose_name_plural': 'periods',
                        'ordering': ['-month'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['open', 'closed'])), name='books_period_state_known'), models.UniqueConstraint(fields=('account_set', 'month'), name='books_period_once')],
                    },
                ),
            ],
        ),
        migrations.RunSQL(
            sql=(SQL / 'books.sql').read_text(),
            reverse_sql='DROP FUNCTION books_check_voucher, books_guard_voucher, books_post, books_guard_new_lines, books_guard_lines, books_refuse_truncate, books_purging CASCADE',
        ),
    ]
