"""What staff may do with jobs in the admin: read them, and have a parked one tried again."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.test import RequestFactory
from django_q.models import Failure, OrmQ, Schedule, Success

from config.admin import JobAdmin
from config.models import Job
from tests.factories import UserFactory


def request_by_staff(rf: RequestFactory, *rights: str) -> HttpRequest:
    """A member of staff with these rights, pressing a button."""
    user: Any = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    user.otp_device, user.is_verified = object(), lambda: True  # as behind the second factor
    request = rf.post("/admin/config/job/")
    request.user = user
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    return request


@pytest.mark.django_db
def test_jobs_are_read_only(rf: RequestFactory) -> None:
    request, page = request_by_staff(rf, "view_job"), JobAdmin(Job, admin.site)
    assert page.has_view_permission(request)
    assert not page.has_add_permission(request)
    assert not page.has_change_permission(request)
    assert not page.has_delete_permission(request)
    assert "retry" not in page.get_actions(request)


@pytest.mark.django_db
def test_with_the_right_a_parked_job_is_tried_again(rf: RequestFactory) -> None:
    request, page = request_by_staff(rf, "view_job", "retry_job"), JobAdmin(Job, admin.site)
    assert "retry" in page.get_actions(request)
    parked = Job.objects.create(kind="config.tidy", state="parked", attempts=5)
    ready = Job.objects.create(kind="config.tidy", attempts=1)

    page.retry(request, Job.objects.all())

    parked.refresh_from_db()
    ready.refresh_from_db()
    assert [(job.state, job.attempts) for job in (parked, ready)] == [("ready", 0), ("ready", 1)]
    assert len(get_messages(request)) == 2
    assert OrmQ.objects.count() == 1


@pytest.mark.parametrize("model", [Schedule, Success, Failure, OrmQ])
def test_the_queue_is_not_shown(model: type) -> None:
    assert not admin.site.is_registered(model)


@pytest.mark.django_db
def test_the_button_on_the_jobs_page(rf: RequestFactory) -> None:
    parked = Job.objects.create(kind="config.tidy", state="parked", attempts=5)
    page = JobAdmin(Job, admin.site)
    with pytest.raises(PermissionDenied):
        page.retry_one(request_by_staff(rf, "view_job"), parked.pk)

    shown = {
        rights: "/retry/" in page_of(page, request_by_staff(rf, *rights), parked)
        for rights in (("view_job",), ("view_job", "retry_job"))
    }
    assert shown == {("view_job",): False, ("view_job", "retry_job"): True}

    request = request_by_staff(rf, "view_job", "retry_job")
    assert page.retry_one(request, parked.pk).status_code == 302
    parked.refresh_from_db()
    assert parked.state == "ready"
    assert "/retry/" not in page_of(page, request, parked)


def page_of(page: JobAdmin, request: HttpRequest, job: Job) -> str:
    request.method = "GET"
    answer: Any = page.change_view(request, str(job.pk))
    return str(answer.render().content.decode())
