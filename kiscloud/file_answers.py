"""Files as answers."""

from typing import BinaryIO

from django.http import FileResponse


def as_download(content: BinaryIO, *, name: str, size: int) -> FileResponse:
    """The file under its name, to be kept and never to be shown: what people stored is not ours to run."""
    response = FileResponse(content, as_attachment=True, filename=name, content_type="application/octet-stream")
    response.headers["Content-Length"] = str(size)
    response.headers["Cache-Control"] = "private, no-store"
    return response
