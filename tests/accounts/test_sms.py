from collections.abc import Callable
from typing import Any

import pytest

from accounts import sms
from config.sms import SmsResult

MOBILE = "13711112222"
CODE = "934817"


class Recorder:
    """A provider that keeps what it was given."""

    given: dict[str, Any] = {}

    def send(self, **given: Any) -> SmsResult:
        Recorder.given = given
        return SmsResult(accepted=True)


@pytest.fixture
def recorder(settings: Any) -> Callable[[], dict[str, Any]]:
    settings.SMS_BACKEND = f"{__name__}.Recorder"
    settings.SITE_URL, settings.SITE_NAME = "https://tz.example", "统账"
    return lambda: Recorder.given


def test_the_one_way_in_fills_text_and_parameters(recorder):
    assert sms.send(mobile=MOBILE, template="code", params={"code": CODE}, out_id="code-1").accepted

    given = recorder()
    assert (given["mobile"], given["template"], given["params"], given["out_id"]) == (
        MOBILE,
        "code",
        {"code": CODE},
        "code-1",
    )
    assert CODE in given["text"]
    assert "统账" in given["text"]


def test_the_invitation_text_carries_the_whole_link_and_the_provider_only_its_path(recorder):
    sms.send(mobile=MOBILE, template="invitation", params={"inviter": "云" * 40, "path": "/s/abc"}, out_id="1")

    given = recorder()
    assert "https://tz.example/s/abc" in given["text"]
    assert given["params"] == {"inviter": "云" * 34 + "…", "path": "s/abc"}


def test_parameters_that_do_not_fit_the_template_are_a_mistake_of_ours(recorder):
    with pytest.raises(ValueError, match="takes"):
        sms.send(mobile=MOBILE, template="code", params={"number": CODE}, out_id="1")
