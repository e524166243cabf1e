"""What the database keeps of the inventory by itself."""

from pathlib import Path

from django.db import migrations

INVENTORY = Path(__file__).resolve().parent.parent / "sql" / "inventory.sql"
BACK = """
DROP FUNCTION inventory_check_document, inventory_guard_document, inventory_guard_new_lines, inventory_guard_lines,
    inventory_refuse_truncate CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_initial")]
    operations = [migrations.RunSQL(INVENTORY.read_text(), BACK)]
