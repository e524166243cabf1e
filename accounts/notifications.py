"""Who is told of what."""


def subscribe_all() -> None:
    """Subscribes the letters to their events."""
