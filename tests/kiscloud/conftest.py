"""What tests of KIS cloud may use."""

from tests.kiscloud.contents import tables

__all__ = ["tables"]
