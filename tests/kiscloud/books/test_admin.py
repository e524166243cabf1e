"""What support sees of books: where they stand and how much is in them, never what."""

import pytest

from tests.kiscloud.books.bookkeeping import Office
from tests.staff import make_staff, staff_browser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes", "english")]


def test_staff_see_the_frame_and_no_amounts():
    office = Office().open(s1002="7777", s3001="7777")
    office.write(("1002", "1234.56", ""), ("5001", "", "1234.56"))
    office.post()
    url = f"/admin/books/books/{office.books.pk}/change/"
    page = staff_browser(make_staff("view_books")).get(url).text
    assert "2026-03" in page
    assert office.set.name in page
    for secret in ("1234.56", "1,234.56", "7777", "业务", "银行存款"):
        assert secret not in page
    staff = staff_browser(make_staff("view_books"))
    assert office.set.number in staff.get("/admin/books/books/?q=" + office.set.number).text
    assert staff.post(url, {"company": "x"}).status_code == 403
    assert staff_browser(make_staff("view_accountset")).get(url).status_code == 403
