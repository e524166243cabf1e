"""A red letter in the browser: asked for by the buyer, confirmed where the invoice was used."""

import pytest

from tests.factories import owner_of
from tests.invoicing.facing import make_face, make_line
from tests.invoicing.issuing import issued
from tests.invoicing.reddening import begin, use

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_buyer_asks_and_answers(person, manager):
    first = issued(make_face(make_line("106.00"), make_line("113.00", rate="0.13")), account=manager)
    second = issued(account=manager)
    use(second)
    asked = begin(second)
    reader = person()
    reader.log_in(owner_of(manager))
    reader.go(f"/invoices/issued/{first.pk}/take-back/")
    reader.keep("red-letter-create")
    reader.page.check("input[name=reason][value='04']")
    reader.page.fill("input[name=line_1]", "40.00")
    reader.submit()
    reader.page.wait_for_url("**/red-letters/**")
    reader.keep("red-letter-asked")
    reader.go("/invoices/red-letters/")
    reader.keep("red-letter-list")
    reader.go(f"/invoices/red-letters/{asked.pk}/")
    reader.keep("red-letter-to-answer")
    reader.page.click("main a.button-primary")
    reader.keep("red-letter-confirm")
    reader.submit()
    reader.page.wait_for_url(f"**/red-letters/{asked.pk}/")
    asked.refresh_from_db()
    assert asked.state == "04"
    assert reader.complaints == []
