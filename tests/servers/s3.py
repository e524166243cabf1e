"""An S3 server on this machine, with one bucket, that can be told to refuse."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from moto.moto_server.werkzeug_app import create_backend_app
from werkzeug.serving import make_server

BUCKET = "account-sets"
KEYS = {"access_key": "reader", "secret_key": "its-secret"}
FORBIDDEN = b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>"
Environ = dict[str, Any]


class Bucket:
    """The bucket, as its owner sees it; `refuses` says which requests are turned away from now on."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.refuses: Callable[[Environ], bool] = lambda _environ: False
        names = {"aws_access_key_id": KEYS["access_key"], "aws_secret_access_key": KEYS["secret_key"]}
        self.owner = boto3.client("s3", endpoint_url=address, region_name="us-east-1", **names)

    @property
    def options(self) -> dict[str, Any]:
        """What the settings say of it."""
        where = {"bucket_name": BUCKET, "endpoint_url": self.address, "region_name": "us-east-1"}
        return {**where, **KEYS, "addressing_style": "path"}

    def names(self) -> list[str]:
        """Everything that lies in it, whole or in parts."""
        parts = self.owner.list_multipart_uploads(Bucket=BUCKET).get("Uploads", [])
        return [one["Key"] for one in [*self.owner.list_objects_v2(Bucket=BUCKET).get("Contents", []), *parts]]

    def empty(self) -> None:
        """Nothing lies in it, and nothing is refused."""
        self.refuses = lambda _environ: False
        for name in self.names():
            self.owner.delete_object(Bucket=BUCKET, Key=name)


@contextmanager
def s3_server() -> Iterator[Bucket]:
    """Serves until the end of the block."""
    app = create_backend_app("s3")

    def serve(environ: Environ, start: Any) -> Any:
        if bucket.refuses(environ):
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            start("403 Forbidden", [("Content-Type", "application/xml"), ("Content-Length", str(len(FORBIDDEN)))])
            return [FORBIDDEN]
        return app(environ, start)

    server = make_server("127.0.0.1", 0, serve, threaded=True)
    bucket = Bucket(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        bucket.owner.create_bucket(Bucket=BUCKET)
        yield bucket
    finally:
        server.shutdown()
        thread.join()
