"""What KIS cloud adds to the first page of the admin."""


def register() -> None:
    """Staff see what waits about KIS cloud, and its pages by topic, from now on."""
