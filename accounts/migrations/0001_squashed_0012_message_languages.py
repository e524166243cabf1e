"""People, enterprises, relationships and messages, and what the database refuses by itself."""

import accounts.models.account
import config.states
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.utils.timezone
from pathlib import Path
from django.conf import settings
from config.create_models import CreateModels
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / 'sql'


class Migration(migrations.Migration):

    replaces = [
        ('accounts', '0001_initial'),
        ('accounts', '0002_guards'),
        ('accounts', '0003_scopes_of_funds'),
        ('accounts', '0004_ways_of_paying'),
        ('accounts', '0005_scopes_of_bills'),
        ('accounts', '0006_links_of_deliveries'),
        ('accounts', '0007_drop_relationship_mode'),
        ('accounts', '0008_invoicing'),
        ('accounts', '0009_set_scopes'),
        ('accounts', '0010_books_scopes'),
        ('accounts', '0011_product_scopes'),
        ('accounts', '0012_message_languages'),
    ]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name='Enterprise',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('credit_code', models.CharField(max_length=18, unique=True, verbose_name='credit code')),
                        ('name', models.CharField(max_length=120, verbose_name='registered name')),
                        ('legal_representative', models.CharField(blank=True, max_length=60, verbose_name='legal representative')),
                        ('registered_address', models.CharField(blank=True, max_length=200, verbose_name='registered address')),
                        ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='added')),
                    ],
                    options={
                        'verbose_name': 'enterprise',
                        'verbose_name_plural': 'enterprises',
                        'constraints': [models.CheckConstraint(condition=models.Q(('credit_code__regex', '^[1-9ANY][1-9][0-9]{6}[0-9A-HJ-NPQRTUWXY]{8}[0-9X][0-9A-HJ-NPQRTUWXY]$')), name='enterprise_credit_code_form')],
                    },
                ),
                migrations.CreateModel(
                    name='User',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('password', models.CharField(max_length=128, verbose_name='password')),
                        ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                        ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                        ('username', models.CharField(max_length=32, unique=True, verbose_name='user name')),
                        ('mobile', models.CharField(blank=True, max_length=11, null=True, unique=True, verbose_name='mobile number')),
                        ('email', models.EmailField(blank=True, max_length=254, null=True, unique=True, verbose_name='e-mail')),
                        ('name', models.CharField(blank=True, max_length=60, verbose_name='name')),
                        ('language', models.CharField(default='zh-hans', max_length=10, verbose_name='language')),
                        ('last_door', models.CharField(choices=[('workbench', 'Workbench'), ('management', 'Management centre')], default='workbench', max_length=12, verbose_name='last door')),
                        ('is_active', models.BooleanField(default=True, verbose_name='active')),
                        ('is_staff', models.BooleanField(default=False, verbose_name='support staff')),
                        ('activated_at', models.DateTimeField(blank=True, null=True, verbose_name='activated')),
                        ('joined_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='joined')),
                        ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                        ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                    ],
                    options={
                        'verbose_name': 'user',
                        'verbose_name_plural': 'users',
                        'constraints': [models.CheckConstraint(condition=models.Q(('username', django.db.models.functions.text.Lower('username'))), name='user_username_lower'), models.CheckConstraint(condition=models.Q(('email__isnull', True), ('email', django.db.models.functions.text.Lower('email')), _connector='OR'), name='user_email_lower'), models.CheckConstraint(condition=models.Q(('mobile__isnull', True), ('mobile__regex', '^1[3-9][0-9]{9}$'), _connector='OR'), name='user_mobile_form')],
                    },
                ),
                migrations.CreateModel(
                    name='Session',
                    fields=[
                        ('session_key', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='session key')),
                        ('session_data', models.TextField(verbose_name='session data')),
                        ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                        ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to=settings.AUTH_USER_MODEL, verbose_name='user')),
                        ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='begun')),
                        ('seen_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='last seen')),
                        ('address', models.GenericIPAddressField(null=True, verbose_name='address')),
                        ('agent', models.CharField(blank=True, max_length=200, verbose_name='browser')),
                    ],
                    options={
                        'verbose_name': 'log-in',
                        'verbose_name_plural': 'log-ins',
                    },
                ),
                migrations.CreateModel(
                    name='Account',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.CharField(default=accounts.models.account.new_number, editable=False, max_length=10, unique=True, verbose_name='account number')),
                        ('username', models.CharField(max_length=32, unique=True, verbose_name='user name')),
                        ('email', models.EmailField(blank=True, max_length=254, null=True, unique=True, verbose_name='registration e-mail')),
                        ('name', models.CharField(max_length=120, verbose_name='name')),
                        ('kind', models.CharField(choices=[('regular', 'Regular account'), ('resource', 'Resource account')], default='regular', max_length=10, verbose_name='kind')),
                        ('certified', models.CharField(choices=[('no', 'Not certified'), ('individual', 'Individual'), ('enterprise', 'Enterprise')], default='no', max_length=10, verbose_name='certified as')),
                        ('enterprise', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to='accounts.enterprise', verbose_name='enterprise')),
                        ('holder_name', models.CharField(blank=True, max_length=60, verbose_name='certified person')),
                        ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='opened')),
                    ],
                    options={
                        'verbose_name': 'account',
                        'verbose_name_plural': 'accounts',
                        'constraints': [models.CheckConstraint(condition=models.Q(('username', django.db.models.functions.text.Lower('username'))), name='account_username_lower'), models.CheckConstraint(condition=models.Q(('email__isnull', True), ('email', django.db.models.functions.text.Lower('email')), _connector='OR'), name='account_email_lower'), models.CheckConstraint(condition=models.Q(models.Q(('certified', 'enterprise'), ('enterprise__isnull', False)), models.Q(models.Q(('certified', 'enterprise'), _negated=True), ('enterprise__isnull', True)), _connector='OR'), name='account_enterprise_when_certified')],
                    },
                ),
                migrations.CreateModel(
                    name='Operator',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='operators', to='accounts.account', verbose_name='account')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='operates', to=settings.AUTH_USER_MODEL, verbose_name='user')),
                        ('role', models.CharField(choices=[('owner', 'Owner'), ('finance', 'Finance'), ('viewer', 'Viewer')], default='viewer', max_length=10, verbose_name='role')),
                        ('added_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='added by')),
                        ('added_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='added')),
                    ],
                    options={
                        'verbose_name': 'operator',
                        'verbose_name_plural': 'operators',
                        'constraints': [models.UniqueConstraint(fields=('account', 'user'), name='operator_once_per_account'), models.CheckConstraint(condition=models.Q(('role__in', ['owner', 'finance', 'viewer'])), name='operator_role_known')],
                    },
                ),
                migrations.CreateModel(
                    name='ApiKey',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_keys', to='accounts.account', verbose_name='account')),
                        ('name', models.CharField(max_length=60, verbose_name='name')),
                        ('prefix', models.CharField(max_length=12, verbose_name='begins with')),
                        ('digest', models.CharField(max_length=64, unique=True)),
                        ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('relationships:read', 'See relationships and invitations'), ('relationships:write', 'Invite, change and dissolve'), ('funds:read', 'See balances and fund flow'), ('funds:write', 'Allot, recall, top up'), ('bills:read', 'See bills, orders, statements'), ('bills:write', 'Order, confirm, repay, plan'), ('invoices:read', 'See titles, invoices and requests for them'), ('invoices:write', 'Ask for invoices'), ('products:read', 'See the products of a company of KIS cloud'), ('products:write', 'Add, try, activate and renew products of KIS cloud'), ('sets:read', 'See account sets and their users'), ('sets:write', 'Create account sets and manage their users'), ('books:read', 'See vouchers and reports of account sets'), ('books:write', 'Write vouchers of account sets')], max_length=40), size=None, verbose_name='scopes')),
                        ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
                        ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='created')),
                        ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='valid until')),
                        ('used_at', models.DateTimeField(null=True, verbose_name='last used')),
                        ('revoked_at', models.DateTimeField(null=True, verbose_name='revoked')),
                    ],
                    options={
                        'verbose_name': 'API key',
                        'verbose_name_plural': 'API keys',
                        'ordering': ['-id'],
                    },
                ),
                migrations.CreateModel(
                    name='Certification',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certifications', to='accounts.account', verbose_name='account')),
                        ('kind', models.CharField(choices=[('enterprise', 'Enterprise'), ('individual', 'Individual')], max_length=10, verbose_name='kind')),
                        ('state', config.states.StateField(choices=[('submitted', 'Under review'), ('approved', 'Approved'), ('rejected', 'Rejected')], default='submitted', editable=False, max_length=32, verbose_name='state')),
                        ('enterprise_name', models.CharField(blank=True, max_length=120, verbose_name='registered name')),
                        ('credit_code', models.CharField(blank=True, max_length=18, verbose_name='credit code')),
                        ('legal_representative', models.CharField(blank=True, max_length=60, verbose_name='legal representative')),
                        ('registered_address', models.CharField(blank=True, max_length=200, verbose_name='registered address')),
                        ('holder_name', models.CharField(blank=True, max_length=60, verbose_name='person')),
                        ('holder_id_masked', models.CharField(blank=True, max_length=20, verbose_name='identity number')),
                        ('submitted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='submitted by')),
                        ('submitted_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='submitted')),
                        ('reviewed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reviewed by')),
                        ('reviewed_at', models.DateTimeField(null=True, verbose_name='reviewed')),
                        ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                    ],
                    options={
                        'verbose_name': 'certification',
                        'verbose_name_plural': 'certifications',
                        'ordering': ['-submitted_at', '-id'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['submitted', 'approved', 'rejected'])), name='certification_state_known'), models.UniqueConstraint(condition=models.Q(('state', 'submitted')), fields=('account',), name='certification_one_waiting')],
                    },
                ),
                migrations.CreateModel(
                    name='OneTimeCode',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('purpose', models.CharField(max_length=32, verbose_name='purpose')),
                        ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='codes', to=settings.AUTH_USER_MODEL, verbose_name='user')),
                        ('mobile', models.CharField(max_length=11, verbose_name='mobile number')),
                        ('binding', models.CharField(blank=True, max_length=120, verbose_name='bound to')),
                        ('digest', models.CharField(max_length=64)),
                        ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='tries')),
                        ('sent_at', models.DateTimeField(verbose_name='sent')),
                        ('expires_at', models.DateTimeField(verbose_name='valid until')),
                        ('accepted_by_provider', models.BooleanField(default=False)),
                        ('replaced_at', models.DateTimeField(null=True)),
                        ('passed_at', models.DateTimeField(null=True, verbose_name='passed')),
                        ('spent_at', models.DateTimeField(null=True, verbose_name='used')),
                    ],
                    options={
                        'verbose_name': 'one-time code',
                        'verbose_name_plural': 'one-time codes',
                        'indexes': [models.Index(fields=['mobile', 'purpose', '-sent_at'], name='accounts_on_mobile_8b000d_idx')],
                    },
                ),
                migrations.CreateModel(
                    name='Event',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=60, verbose_name='kind')),
                        ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='time')),
                        ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='accounts.account', verbose_name='account')),
                        ('counterpart', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account', verbose_name='other account')),
                        ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                        ('actor_name', models.CharField(blank=True, max_length=80, verbose_name='who')),
                        ('door', models.CharField(max_length=10, verbose_name='door')),
                        ('address', models.GenericIPAddressField(null=True, verbose_name='address')),
                        ('request_id', models.CharField(blank=True, max_length=36, verbose_name='request')),
                        ('subject_type', models.CharField(blank=True, max_length=40, verbose_name='subject')),
                        ('subject_id', models.BigIntegerField(null=True, verbose_name='subject id')),
                        ('facts', models.JSONField(default=dict, verbose_name='facts')),
                    ],
                    options={
                        'verbose_name': 'event',
                        'verbose_name_plural': 'events',
                        'ordering': ['-id'],
                        'indexes': [models.Index(fields=['account', '-id'], name='accounts_ev_account_6ba74f_idx'), models.Index(fields=['counterpart', '-id'], name='accounts_ev_counter_6316f2_idx'), models.Index(fields=['subject_type', 'subject_id', '-id'], name='accounts_ev_subject_2cd333_idx')],
                    },
                ),
                migrations.CreateModel(
                    name='Delivery',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('event', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='accounts.event', verbose_name='event')),
                        ('letter', models.CharField(max_length=60, verbose_name='letter')),
                        ('channel', models.CharField(choices=[('mail', 'E-mail'), ('sms', 'Text message')], max_length=8, verbose_name='channel')),
                        ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                        ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.account', verbose_name='account')),
                        ('target', models.CharField(max_length=120, verbose_name='to')),
                        ('state', config.states.StateField(choices=[('queued', 'Waiting'), ('sent', 'Sent'), ('failed', 'Failed')], default='queued', editable=False, max_length=32, verbose_name='state')),
                        ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                        ('provider_id', models.CharField(blank=True, max_length=120, verbose_name="provider's id")),
                        ('problem', models.CharField(blank=True, max_length=200, verbose_name='problem')),
                        ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='created')),
                        ('sent_at', models.DateTimeField(null=True, verbose_name='sent')),
                    ],
                    options={
                        'verbose_name': 'delivery',
                        'verbose_name_plural': 'deliveries',
                        'ordering': ['-id'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'sent', 'failed'])), name='delivery_state_known'), models.UniqueConstraint(fields=('event', 'letter', 'channel', 'user'), name='delivery_once_per_event', nulls_distinct=True)],
                    },
                ),
                migrations.CreateModel(
                    name='Folder',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='folders', to='accounts.account', verbose_name='account')),
                        ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='accounts.folder', verbose_name='parent')),
                        ('name', models.CharField(max_length=60, verbose_name='name')),
                        ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='created')),
                    ],
                    options={
                        'verbose_name': 'folder',
                        'verbose_name_plural': 'folders',
                        'constraints': [models.UniqueConstraint(condition=models.Q(('parent__isnull', True)), fields=('owner',), name='folder_one_root'), models.UniqueConstraint(fields=('parent', 'name'), name='folder_name_once_per_parent'), models.CheckConstraint(condition=models.Q(('parent', models.F('id')), _negated=True), name='folder_not_its_own_parent')],
                    },
                ),
                migrations.CreateModel(
                    name='Relationship',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('manager', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='manages', to='accounts.account', verbose_name='manager')),
                        ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='managed_by', to='accounts.account', verbose_name='member')),
                        ('kind', models.CharField(choices=[('group', 'Enterprise group'), ('partner', 'Partner')], max_length=10, verbose_name='kind')),
                        ('state', config.states.StateField(choices=[('pending', 'Confirming'), ('established', 'Established'), ('change_pending', 'Change confirming'), ('rejected', 'Refused'), ('dissolved', 'Dissolved')], default='pending', editable=False, max_length=32, verbose_name='state')),
                        ('origin', models.CharField(choices=[('invited', 'Invited'), ('registered', 'Registered by the manager'), ('migrated', 'From the former account group')], default='invited', max_length=10, verbose_name='origin')),
                        ('points', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('view_balance', 'See the balance'), ('view_bills', 'See bills'), ('view_orders', 'See orders'), ('view_statements', 'See monthly statements'), ('view_invoices', 'See invoices and contract data'), ('confirm_statement', 'Confirm statements'), ('repay_statement', 'Repay statements'), ('request_invoice', 'Request invoices')], max_length=32), default=list, size=None, verbose_name='permissions')),
                        ('inherits', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), default=list, size=None, verbose_name='inherits')),
                        ('console_role', models.CharField(choices=[('none', 'No console access'), ('former', 'Console access from the former account group'), ('administrator', 'System administrator')], default='none', max_length=16, verbose_name='console access')),
                        ('remark', models.CharField(blank=True, max_length=200, verbose_name='remark')),
                        ('folder', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='placements', to='accounts.folder', verbose_name='folder')),
                        ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
                        ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='created')),
                        ('established_at', models.DateTimeField(null=True, verbose_name='established')),
                        ('ended_at', models.DateTimeField(null=True, verbose_name='ended')),
                        ('end', models.CharField(blank=True, choices=[('', ''), ('refused', 'Refused by the member'), ('expired', 'Not answered in time'), ('withdrawn', 'Withdrawn by the manager'), ('dissolved', 'Dissolved by the manager')], default='', max_length=10, verbose_name='end')),
                    ],
                    options={
                        'verbose_name': 'relationship',
                        'verbose_name_plural': 'relationships',
                        'indexes': [models.Index(fields=['manager', '-id'], name='accounts_re_manager_0b076d_idx'), models.Index(fields=['member', '-id'], name='accounts_re_member__14ecb1_idx')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'established', 'change_pending', 'rejected', 'dissolved'])), name='relationship_state_known'), models.CheckConstraint(condition=models.Q(('manager', models.F('member')), _negated=True), name='relationship_two_sides'), models.UniqueConstraint(condition=models.Q(('state__in', ['pending', 'established', 'change_pending'])), fields=('manager', 'member'), name='relationship_one_live_per_pair'), models.UniqueConstraint(condition=models.Q(('kind', 'group'), ('state__in', ['established', 'change_pending'])), fields=('member',), name='relationship_one_group_per_member'), models.CheckConstraint(condition=models.Q(('kind', 'group'), ('console_role', 'none'), _connector='OR'), name='relationship_console_in_group_only')],
                    },
                ),
                migrations.CreateModel(
                    name='WithheldPoint',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('group', 'Enterprise group'), ('partner', 'Partner')], max_length=10, verbose_name='kind')),
                        ('point', models.CharField(choices=[('view_balance', 'See the balance'), ('view_bills', 'See bills'), ('view_orders', 'See orders'), ('view_statements', 'See monthly statements'), ('view_invoices', 'See invoices and contract data'), ('confirm_statement', 'Confirm statements'), ('repay_statement', 'Repay statements'), ('request_invoice', 'Request invoices')], max_length=32, verbose_name='permission')),
                    ],
                    options={
                        'verbose_name': 'withheld permission',
                        'verbose_name_plural': 'withheld permissions',
                        'ordering': ['kind', 'id'],
                        'constraints': [models.UniqueConstraint(fields=('kind', 'point'), name='withheld_point_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Invitation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('relationship', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='accounts.relationship', verbose_name='relationship')),
                        ('purpose', models.CharField(choices=[('link', 'Link accounts'), ('change', 'Change permissions')], max_length=10, verbose_name='purpose')),
                        ('door', models.CharField(choices=[('finance', 'Enterprise finance'), ('directory', 'Resource directory')], default='finance', max_length=10, verbose_name='asked from')),
                        ('state', config.states.StateField(choices=[('open', 'Waiting'), ('accepted', 'Accepted'), ('refused', 'Refused'), ('expired', 'Expired'), ('withdrawn', 'Withdrawn'), ('void', 'Void')], default='open', editable=False, max_length=32, verbose_name='state')),
                        ('points', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), default=list, size=None, verbose_name='permissions')),
                        ('inherits', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), default=list, size=None, verbose_name='inherits')),
                        ('console_role', models.CharField(choices=[('none', 'No console access'), ('former', 'Console access from the former account group'), ('administrator', 'System administrator')], default='none', max_length=16, verbose_name='console access')),
                        ('sent_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='sent by')),
                        ('sent_at', models.DateTimeField(verbose_name='sent')),
                        ('expires_at', models.DateTimeField(verbose_name='valid until')),
                        ('opened_at', models.DateTimeField(null=True, verbose_name='first opened')),
                        ('nudged_at', models.DateTimeField(null=True, verbose_name='reminded')),
                        ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='answered by')),
                        ('answered_at', models.DateTimeField(null=True, verbose_name='answered')),
                    ],
                    options={
                        'verbose_name': 'invitation',
                        'verbose_name_plural': 'invitations',
                        'ordering': ['-sent_at', '-id'],
                        'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['expires_at'], name='invitation_due')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['open', 'accepted', 'refused', 'expired', 'withdrawn', 'void'])), name='invitation_state_known'), models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('relationship',), name='invitation_one_open'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('sent_at'))), name='invitation_ends_after_it_begins')],
                    },
                ),
                migrations.CreateModel(
                    name='ShortLink',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('digest', models.CharField(max_length=64, unique=True)),
                        ('invitation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='accounts.invitation', verbose_name='invitation')),
                        ('channel', models.CharField(max_length=8, verbose_name='channel')),
                        ('delivery', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='links', to='accounts.delivery', verbose_name='delivery')),
                        ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='created')),
                        ('revoked_at', models.DateTimeField(null=True, verbose_name='replaced')),
                        ('opens', models.PositiveIntegerField(default=0, verbose_name='opened')),
                    ],
                    options={
                        'verbose_name': 'short link',
                        'verbose_name_plural': 'short links',
                    },
                ),
                migrations.CreateModel(
                    name='Message',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('system', 'System'), ('personal', 'Personal')], max_length=10, verbose_name='kind')),
                        ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                        ('title', models.CharField(max_length=120, verbose_name='title')),
                        ('body', models.TextField(max_length=10000, verbose_name='text')),
                        ('title_en', models.CharField(blank=True, max_length=120, verbose_name='title in English')),
                        ('body_en', models.TextField(blank=True, max_length=10000, verbose_name='text in English')),
                        ('link', models.CharField(blank=True, max_length=200, verbose_name='leads to')),
                        ('published_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='published')),
                        ('valid_until', models.DateTimeField(blank=True, null=True, verbose_name='valid until')),
                        ('event', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.event', verbose_name='event')),
                    ],
                    options={
                        'verbose_name': 'message',
                        'verbose_name_plural': 'messages',
                        'ordering': ['-published_at', '-id'],
                        'indexes': [models.Index(fields=['user', '-published_at'], name='accounts_me_user_id_9e79e6_idx')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind', 'system'), ('user__isnull', True)), models.Q(('kind', 'personal'), ('user__isnull', False)), _connector='OR'), name='message_personal_has_person'), models.UniqueConstraint(fields=('event', 'user'), name='message_once_per_event')],
                    },
                ),
                migrations.CreateModel(
                    name='MessageRead',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('message', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reads', to='accounts.message')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('message', 'user'), name='message_read_once')],
                    },
                ),
            ],
        ),
        migrations.RunSQL(
            sql=(SQL / 'guards.sql').read_text(),
            reverse_sql='DROP FUNCTION accounts_refuse_change CASCADE',
        ),
    ]
