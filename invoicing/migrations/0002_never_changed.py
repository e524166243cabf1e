"""What the database refuses by itself about issued invoices."""

from pathlib import Path

from django.db import migrations

INVOICES = Path(__file__).resolve().parent.parent / "sql" / "invoices.sql"
BACK = "DROP FUNCTION invoice_refuse_change, invoice_check_sums, invoice_lines_come, invoice_has_lines CASCADE;"


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0001_initial")]
    operations = [migrations.RunSQL(INVOICES.read_text(), BACK)]
