"""What letters say, to whom, in which language; and that names made by users stay names."""

from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import polib
import pytest
from django.utils import translation

from accounts import letters
from accounts.emails import compose, message_id
from accounts.letters import News
from accounts.letters.base import Letter, fact
from accounts.models import Account, Delivery, Enterprise, Event, Message, OneTimeCode, User
from accounts.notifications import TABLE, Notice, Way
from accounts.permissions import P2, Inherit, Point
from accounts.services.invitations import accept_invitation
from accounts.services.relationships import request_change
from accounts.sms.templates import TEMPLATES
from accounts.terms import Terms
from accounts.wording import mask_middle
from config.jobs import run_due
from tests.accounts.happenings import HAPPENINGS, happen
from tests.factories import acting, clear, make_invitation, make_relationship, owner_of

pytestmark = pytest.mark.usefixtures("cheap_hashes")

URL = "https://tz.example/s/abcdefghij0123456789AB/"


class Page(HTMLParser):
    """The tags, attributes and words of a document."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: dict[str, list[str]] = {}
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, []).append(value or "")

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = "https://tz.example"


def composed(letter, url=URL):
    mail = compose(letter, to="someone@example.com", url=url, reference="job-1")
    return mail, str(mail.alternatives[0][0])


def written(name, event):
    return letters.write(name, News.of(event.pk))


def row_id(notice: Notice) -> str:
    return f"{notice.event}-{notice.letter}"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("notice", TABLE, ids=row_id)
def test_every_row_of_the_table_has_its_words_in_each_language(notice, language, manager, member):
    news = News.of(happen(notice.event, manager, member, notice.purpose).pk)
    assert notice.concerns(news)
    audience = notice.to(news)
    assert audience.people
    with translation.override(language):
        letter = letters.write(notice.letter, news)
        mail, html = composed(letter)
        assert letter.subject
        assert all(letter.says)
        assert letter.button
        assert letter.page.startswith("/")
        assert letter.message
        assert "%(" not in letter.message + letter.subject + letter.idle
        assert letter.subject in Page(html).words
        assert URL in mail.body
    # Log-ins that others have just made have a mobile number and no address yet (K5.5, S2.7).
    assert (audience.mailboxes() == []) is (notice.letter in {"member_registered", "operator_added"})
    if Way.SMS in notice.by:
        assert audience.mobiles()
        assert letter.text is not None
        params = dict(letter.text.params) | ({"path": "s/x/"} if letter.answers else {})
        assert TEMPLATES[letter.text.template].text(params)


def test_every_letter_is_in_the_table_and_every_event_can_happen():
    assert {notice.letter for notice in TABLE} == set(letters.names("accounts"))
    assert {notice.event for notice in TABLE} == set(HAPPENINGS)


@pytest.mark.rule("K4.6")
def test_an_invitation_says_who_asks_what_for_until_when_and_what_if_not(manager, member):
    invitation = make_invitation(manager, member, points=P2, remark="只给自己看的备注")
    letter = written("invitation", Event.objects.get(kind="invitation.sent"))
    mail, html = composed(letter)
    for text in (mail.body, Page(html).words):
        assert manager.enterprise.name in text
        assert manager.username in text
        assert str(owner_of(manager)) in text
        assert member.username in text
        assert str(Point.REPAY_STATEMENT.label) in text
        assert f"{invitation.expires_at.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%d %H:%M}" in text
        assert letter.idle in text
        assert "48" in letter.idle
        assert URL in text
        assert "https://tz.example/" in text.replace(URL, "")
        assert "只给自己看的备注" not in text
    assert manager.enterprise.name in mail.subject
    assert letter.answers


@pytest.mark.rule("K7.3")
def test_a_change_says_what_would_be_added_and_taken_away(manager, member):
    link = make_relationship(manager, member, points=[Point.VIEW_BALANCE, Point.VIEW_BILLS])
    clear(owner_of(manager), OneTimeCode.Purpose.CHANGE_PERMISSIONS, f"relationship:{link.pk}")
    asked = Terms.asked([Point.VIEW_BALANCE, Point.VIEW_ORDERS])
    request_change(actor=acting(manager), relationship_id=link.pk, terms=asked)
    told = [item.values for item in written("change", Event.objects.get(kind="change.sent")).facts]
    assert (str(Point.VIEW_ORDERS.label),) in told
    assert (str(Point.VIEW_BILLS.label),) in told
    assert (str(Point.VIEW_BALANCE.label), str(Point.VIEW_ORDERS.label)) in told


def test_a_receipt_names_only_what_was_agreed_to(manager, member):
    Account.objects.filter(pk=member.pk).update(enterprise=manager.enterprise)
    member.refresh_from_db()
    both = [Inherit.DISCOUNT, Inherit.CREDIT]
    invitation = make_invitation(manager, member, inherits=both)
    accept_invitation(actor=acting(member), invitation_id=invitation.pk, inherits=[Inherit.CREDIT])
    letter = written("granted", Event.objects.get(kind="invitation.accepted"))
    assert str(Inherit.CREDIT.label) in letter.message
    assert str(Inherit.DISCOUNT.label) not in letter.message


EVIL = '<script>alert(1)</script>"><img src=x onerror=alert(1)>\r\nBcc: spy@example.com\n\n&'


def make_evil(account):
    """As if such a name had found a way past the checks at the door."""
    Account.objects.filter(pk=account.pk).update(name=EVIL[:120])
    Enterprise.objects.filter(pk=account.enterprise_id).update(name=EVIL[:120])
    User.objects.filter(operates__account=account).update(name=EVIL[:60])


@pytest.mark.parametrize("notice", TABLE, ids=row_id)
def test_names_neither_become_markup_nor_headers_nor_paragraphs(notice, manager, member):
    event = happen(notice.event, manager, member, notice.purpose)
    make_evil(manager)
    make_evil(member)
    mail, html = composed(written(notice.letter, event))
    page = Page(html)
    assert not {"script", "img"} & set(page.tags)
    assert not [name for name in page.attributes if name.startswith("on")]
    assert page.attributes["href"] == [URL, URL]
    raw = mail.message()
    assert raw["Bcc"] is None
    assert raw["To"] == "someone@example.com"
    assert "\n" not in mail.subject
    assert "\nBcc:" not in mail.body


def test_a_letter_to_somebody_with_line_breaks_in_its_words_keeps_one_header_line():
    letter = Letter(subject="a\r\nBcc: spy@example.com", says=("b",), page="/", button="c", facts=(fact("d", "e\nf"),))
    mail, _html = composed(letter)
    assert mail.message()["Subject"] == "a Bcc: spy@example.com"
    assert "e f" in mail.body


def test_the_html_is_one_plain_document_for_light_and_dark():
    mail, html = composed(Letter(subject="题目", says=("正文",), page="/", button="打开"))
    page = Page(html)
    assert html.startswith("<!doctype html>")
    assert page.attributes["lang"] == ["zh-Hans"]
    assert "light dark" in page.attributes["content"]
    assert "prefers-color-scheme: dark" in html
    assert not {"table", "script", "img", "link", "iframe", "form"} & set(page.tags)
    assert not {"src", "action"} & set(page.attributes)
    assert page.attributes["class"].count("button") == 1
    assert page.attributes["href"] == [URL, URL]
    assert mail.alternatives[0][1] == "text/html"


def test_the_same_reference_makes_the_same_message_id():
    letter = Letter(subject="a", says=("b",), page="/", button="c")
    first, second = (composed(letter)[0].message() for _copy in range(2))
    assert first["Message-ID"] == second["Message-ID"] == message_id("job-1") == "<job-1@tz.example>"
    assert first["Auto-Submitted"] == "auto-generated"


@pytest.fixture
def two_languages(settings, tmp_path):
    """A catalogue with one sentence of each kind, so that a letter shows which language it was written in."""
    for code, mark in (("zh_Hans", "中"), ("en", "EN")):
        catalogue = polib.POFile()
        catalogue.metadata = {"Content-Type": "text/plain; charset=utf-8"}
        for source in (
            "%(asker)s invites you to link accounts",
            "[%(site)s] %(inviter)s invites you to link accounts. Read and answer within %(hours)s hours: %(link)s",
        ):
            catalogue.append(polib.POEntry(msgid=source, msgstr=f"{mark} {source}"))
        folder = tmp_path / "locale" / code / "LC_MESSAGES"
        folder.mkdir(parents=True)
        catalogue.save_as_mofile(str(folder / "django.mo"))
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    settings.EMAIL_BACKEND = "config.outbox.EmailBackend"


@pytest.mark.usefixtures("two_languages")
@pytest.mark.parametrize(("language", "mark"), [("zh-hans", "中"), ("en", "EN")])
def test_letters_texts_and_messages_are_in_the_readers_language(language, mark, manager, member, sent):
    reader = owner_of(member)
    User.objects.filter(pk=reader.pk).update(language=language)
    make_invitation(manager, member)
    with translation.override("en" if language == "zh-hans" else "zh-hans"):
        run_due()
    mail, text = (next(item for item in sent() if item.channel == channel) for channel in ("mail", "sms"))
    assert mail.subject.startswith(f"{mark} ")
    assert text.text.startswith(f"{mark} ")
    assert Message.objects.get(user=reader).title.startswith(f"{mark} ")
    assert Delivery.objects.count() == 2


@pytest.mark.parametrize("name", ["refused", "expired", "unopened", "asked_again"])
def test_who_has_not_agreed_is_not_named_whole(manager, member, name):
    event = Event.objects.get(subject_id=make_invitation(manager, member).pk, kind="invitation.sent")
    letter = letters.write(name, News.of(event.pk))
    told = f"{letter.subject} {letter.message} {letter.facts}"
    for secret in (member.name, member.number, member.username, member.enterprise.name):
        assert secret not in told
    assert mask_middle(member.name) in told
