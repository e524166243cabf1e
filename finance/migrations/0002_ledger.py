"""The ledger's one writer and what the database refuses by itself."""

from pathlib import Path

from django.db import migrations

LEDGER = Path(__file__).resolve().parent.parent / "sql" / "ledger.sql"
BACK = """
DROP FUNCTION ledger_post, ledger_post_many, ledger_enter, ledger_check_zero, ledger_check_book, ledger_check_shape,
    ledger_refuse_change CASCADE;
ALTER TABLE finance_book RESET (fillfactor);
"""


class Migration(migrations.Migration):
    dependencies = [("finance", "0001_initial")]
    operations = [migrations.RunSQL(LEDGER.read_text(), BACK)]
