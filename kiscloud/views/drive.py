"""The personal drive in the browser: the same files that the client shows as a drive (S20.15)."""

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.attempt import attempt
from accounts.http import ConsoleRequest
from config.paging import paginate
from config.web import page
from kiscloud import policy
from kiscloud.file_answers import as_download
from kiscloud.forms.drive import UploadForm
from kiscloud.services.drive import delete_file, files_of, open_file, store_file, used_by


@require_http_methods(["GET", "POST"])
def listing(request: ConsoleRequest) -> HttpResponse:
    """The person's files, and a way to add one."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    tried = attempt(request, form, lambda: _store(request, form))
    if tried.result is not None:
        messages.success(request, _("“%(name)s” is in your drive.") % {"name": tried.result})
        return redirect("kiscloud:drive")
    context = {
        "page": paginate(files_of(user=request.user), request, order=("name", "id")),
        "form": form,
        "used": used_by(user=request.user),
        "most": policy.PERSONAL_DRIVE,
    }
    return page(request, "kiscloud/drive/list.html", context, part="_files.html", status=tried.status)


def _store(request: ConsoleRequest, form: UploadForm) -> str:
    file = form.cleaned_data["file"]
    return store_file(actor=request.actor, name=file.name, content=file).name


@require_safe
def download(request: ConsoleRequest, pk: int) -> FileResponse:
    """The file; to everybody else there is none."""
    found, content = open_file(actor=request.actor, file_id=pk)
    return as_download(content, name=found.name, size=found.size)


@require_POST
def delete(request: ConsoleRequest, pk: int) -> HttpResponse:
    """It is gone."""
    delete_file(actor=request.actor, file_id=pk)
    messages.success(request, _("The file was deleted."))
    return redirect("kiscloud:drive")
