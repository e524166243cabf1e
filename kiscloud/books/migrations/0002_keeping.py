"""What the database keeps of the books by itself."""

from pathlib import Path

from django.db import migrations

BOOKS = Path(__file__).resolve().parent.parent / "sql" / "books.sql"
BACK = """
DROP FUNCTION books_check_voucher, books_guard_voucher, books_post, books_guard_new_lines, books_guard_lines,
    books_refuse_truncate CASCADE;
DROP FUNCTION books_purging;
"""


class Migration(migrations.Migration):
    dependencies = [("books", "0001_initial")]
    operations = [migrations.RunSQL(BOOKS.read_text(), BACK)]
