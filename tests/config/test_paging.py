"""Key-set paging: every row once, on and back, whatever the cursor says."""

import base64
from datetime import timedelta

import pytest
from django.db.models import F
from django.test import RequestFactory
from django.utils.timezone import now

from config.models import Job
from config.paging import paginate

pytestmark = pytest.mark.django_db
ORDER = ("-created_at", "-id")


@pytest.fixture
def jobs():
    """23 rows, several of them at the very same moment."""
    at = now()
    made = [Job(kind=f"kind{n % 3}", created_at=at - timedelta(seconds=n // 4)) for n in range(23)]
    return Job.objects.bulk_create(made)


def shown(query="", order=ORDER, queryset=None, size=5):
    rows = Job.objects.all() if queryset is None else queryset
    return paginate(rows, RequestFactory().get("/list/" + query), order=order, size=size)


def walk(order, queryset=None):
    """All pages forwards, then all of them back."""
    pages = [shown(order=order, queryset=queryset)]
    while pages[-1].next:
        pages.append(shown(pages[-1].next, order, queryset))
    back = [pages[-1]]
    while back[-1].previous:
        back.append(shown(back[-1].previous, order, queryset))
    return pages, back[::-1]


@pytest.mark.parametrize("order", [ORDER, ("id",), ("kind", "-id"), ("-kind", "created_at", "id"), ("state", "pk")])
def test_every_row_comes_once_and_the_way_back_is_the_same(jobs, order):
    pages, back = walk(order)
    ids = [row.pk for page in pages for row in page]
    assert ids == list(Job.objects.order_by(*order).values_list("pk", flat=True))
    assert [[row.pk for row in page] for page in back] == [[row.pk for row in page] for page in pages]
    assert [bool(page.previous) for page in pages] == [False, True, True, True, True]


def test_rows_as_dictionaries_and_by_annotation(jobs):
    rows = Job.objects.annotate(number=F("id") * 2).values("number", "id")
    pages, _ = walk(("-number",), rows)
    assert [row["id"] for page in pages for row in page] == sorted((job.pk for job in jobs), reverse=True)


def test_a_page_is_one_query_and_keeps_the_filter(jobs, django_assert_num_queries):
    with django_assert_num_queries(1):
        page = shown("?q=%E4%BA%91&after=x")
    assert page.next.startswith("?q=%E4%BA%91&after=")
    assert "before" not in page.next


def test_a_row_that_comes_meanwhile_shifts_nothing(jobs):
    first = shown()
    Job.objects.create(kind="new", created_at=now() + timedelta(hours=1))
    second = shown(first.next)
    assert not {row.pk for row in first} & {row.pk for row in second}


def test_back_beyond_the_beginning_shows_the_whole_first_page(jobs):
    second = shown(shown().next)
    Job.objects.filter(pk=shown().items[0].pk).delete()
    first = shown(second.previous)
    assert len(first) == 5
    assert not first.previous
    assert first.next


def encoded(text):
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "%00",
        encoded("[]"),
        encoded("{}"),
        encoded('["0001-01-01T00:00:00+23:59",1]'),
        encoded('["9999-12-31T23:59:59-23:59",1]'),
        encoded('["2026-11-21T10:00:00",1]'),
        encoded('["yesterday", 1]'),
        encoded('["2026-01-01T00:00:00+08:00", "one"]'),
        encoded('["2026-01-01T00:00:00+08:00", null]'),
        encoded('[{"a": 1}, [2]]'),
        encoded('["2026-01-01T00:00:00+08:00", 1e999]'),
        encoded('["2026-01-01T00:00:00+08:00", 99999999999999999999]'),
        encoded("[" * 5000),
        "é",
    ],
)
@pytest.mark.parametrize("side", ["after", "before"])
def test_a_cursor_that_means_nothing_shows_a_page(jobs, cursor, side):
    assert len(shown(f"?{side}={cursor}")) <= 5


def test_an_empty_list_has_no_links():
    page = shown()
    assert not page
    assert (page.next, page.previous) == ("", "")
