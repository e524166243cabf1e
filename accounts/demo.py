"""A story that shows the product: a group, its partners, and everything that can happen between them.

Told through the services, in order, on an empty database. The people, companies and codes are invented.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from accounts.actors import Actor, Door
from accounts.models import Account, Folder, Invitation, Message, Operator, Relationship, User
from accounts.permissions import P1, P2, ConsoleRole, Point, Role
from accounts.registry import registry
from accounts.services.certifications import (
    approve_certification,
    reject_certification,
    submit_enterprise,
    submit_individual,
)
from accounts.services.directory import create_folder, create_resource_account, open_directory, place_member
from accounts.services.invitations import (
    accept_invitation,
    expire_invitations,
    refuse_invitation,
    send_invitation,
    withdraw_invitation,
)
from accounts.services.looks import note_look
from accounts.services.messages import publish_message, read_message
from accounts.services.operators import add_operator
from accounts.services.relationships import dissolve_relationship, register_member, request_change
from accounts.services.second_factor import new_key, unsaved_device
from accounts.services.signup import create_account, create_login
from accounts.terms import Terms
from config.jobs import run_due

PASSWORD = "tongzhang-demo-2026"  # noqa: S105  (for playing with, on an empty database only)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Person:
    """Somebody of the story: their login, name and what they are there to show."""

    username: str
    name: str
    mobile: str
    note: str


CAST = [
    Person("yunling", "林远舟", "13900000001", "云岭科技集团有限公司（集团主账号）· 所有者"),
    Person("zhouxiaoman", "周小满", "13900000002", "云岭科技集团有限公司 · 财务"),
    Person("xuqing", "徐晴", "13900000003", "云岭科技集团有限公司 · 只读"),
    Person("yunling-data", "何静澜", "13900000004", "云岭数据服务有限公司（集团成员）· 所有者"),
    Person("yunling-smart", "顾一鸣", "13900000005", "云岭智能制造有限公司（集团成员，权限变更待确认）· 所有者"),
    Person("yunling-trade", "沈若溪", "13900000006", "云岭国际贸易有限公司（邀约待确认）· 所有者"),
    Person("chenxi", "陆晨", "13900000007", "晨曦供应链管理有限公司（合作伙伴）· 所有者"),
    Person("haitong", "苏海", "13900000008", "海桐文化传媒有限公司（已拒绝邀约）· 所有者"),
    Person("beichen", "姜北", "13900000009", "北辰软件有限公司（邀约已过期）· 所有者"),
    Person("newcomer", "方新", "13900000010", "尚未认证的账号（企业认证审核中）· 所有者"),
    Person("solo", "白一帆", "13900000011", "个人认证的账号 · 所有者"),
]
STAFF = Person("support", "客服小统", "13900000099", "平台支持人员（管理后台）")
COMPANY_OF = {
    "yunling": "云岭科技集团有限公司",
    "yunling-data": "云岭数据服务有限公司",
    "yunling-smart": "云岭智能制造有限公司",
    "yunling-trade": "云岭国际贸易有限公司",
    "chenxi": "晨曦供应链管理有限公司",
    "haitong": "海桐文化传媒有限公司",
    "beichen": "北辰软件有限公司",
}
MESSAGES = [
    (
        -20 * DAY,
        60 * DAY,
        "统账上线：企业财务与资源目录",
        "一个账号看清整个集团：邀约关联账号、查看授权、搭建资源目录，都从左侧菜单开始。",
        "Tongzhang opens: Enterprise Finance and Resource Directory",
        "See the whole group from one account: link accounts, look at permissions, build the directory.",
    ),
    (
        -3 * DAY,
        30 * DAY,
        "新功能：谁看过我的数据",
        "关联账号现在可以看到每一次查看记录：谁、什么时候、打开了哪个页面。",
        "New: who has looked at my data",
        "Linked accounts now see every look: who opened which page, and when.",
    ),
    (
        -40 * DAY,
        -30 * DAY,
        "维护通知（已结束）",
        "系统已完成例行维护，期间数据未受影响。",
        "Maintenance (over)",
        "Regular maintenance is done. No data was affected.",
    ),
]


_later: list[tuple[str, Callable[["Story"], None]]] = []


def add_chapter(title: str, chapter: Callable[["Story"], None]) -> None:
    """The story goes on with this. Higher apps add theirs in their own `demo.py`, which the command finds."""
    _later.append((title, chapter))


@dataclass
class Story:
    """The state of the telling."""

    now: datetime = field(default_factory=timezone.now)
    staff: Actor = field(init=False)

    def tell(self) -> Iterator[str]:
        """Each chapter in its own transaction; yields its title, then does what it caused (letters, messages)."""
        chapters: list[tuple[str, Callable[[], None]]] = [
            ("people", self.people),
            ("certifications", self.certifications),
            ("links", self.links),
            ("ends", self.ends),
            ("directory", self.directory),
            ("messages", self.messages),
            *((title, partial(chapter, self)) for title, chapter in _later),
        ]
        for title, chapter in chapters:
            with transaction.atomic():
                chapter()
            while run_due():
                pass
            yield title

    def people(self) -> None:
        """Logins, their accounts, colleagues in other roles, and support staff."""
        for person in CAST:
            user = self._login(person)
            if person.username not in {"zhouxiaoman", "xuqing"}:
                company = COMPANY_OF.get(person.username, f"{person.name}的账号")
                create_account(username=person.username, name=company, owner=user, email=user.email or "")
        staff = self._login(STAFF)
        staff.is_staff = staff.is_superuser = True
        staff.save(update_fields=["is_staff", "is_superuser"])
        unsaved_device(user=staff, key=new_key()).save(force_insert=True)  # `manage.py staff_code` says its code
        self.staff = Actor(door=Door.STAFF, user=staff)
        group, owner = _account("yunling"), _owner("yunling")
        for username, role in (("zhouxiaoman", Role.FINANCE), ("xuqing", Role.VIEWER)):
            colleague = User.objects.get(username=username)
            add_operator(actor=owner, account=group, mobile=colleague.mobile or "", name=colleague.name, role=role)

    def certifications(self) -> None:
        """Verified companies, one that was refused first, one under review, one person."""
        for username, company in COMPANY_OF.items():
            entry = next(found for found in registry().search(company) if found.name == company)
            data = {"name": entry.name, "credit_code": entry.credit_code}
            data |= {"legal_representative": entry.legal_representative, "registered_address": entry.registered_address}
            if username == "chenxi":
                first = submit_enterprise(actor=_owner(username), account=_account(username), **data)
                reason = "营业执照照片与填写的法定代表人不一致，请核对后重新提交。"
                reject_certification(actor=self.staff, certification_id=first.pk, reason=reason)
            application = submit_enterprise(actor=_owner(username), account=_account(username), **data)
            approve_certification(actor=self.staff, certification_id=application.pk)
        newcomer = registry().search("科技")[-1]
        submit_enterprise(
            actor=_owner("newcomer"),
            account=_account("newcomer"),
            name=newcomer.name,
            credit_code=newcomer.credit_code,
        )
        person = submit_individual(
            actor=_owner("solo"), account=_account("solo"), name="白一帆", citizen_id="110101199003070011"
        )
        approve_certification(actor=self.staff, certification_id=person.pk)

    def links(self) -> None:
        """Members in both kinds, one created by the group itself, one whose change waits."""
        self._link("yunling", "yunling-data", kind="group", points=P2, remark="数据服务板块", ago=90 * DAY)
        smart = self._link("yunling", "yunling-smart", kind="group", points=P1, remark="苏州工厂", ago=60 * DAY)
        self._link("yunling", "chenxi", kind="partner", points=P1, remark="物流伙伴", ago=30 * DAY)
        self._link("chenxi", "beichen", kind="partner", points=P1, remark="软件供应商", ago=25 * DAY)
        register_member(
            actor=_owner("yunling"),
            manager=_account("yunling"),
            enterprise_id=_account("yunling").enterprise_id or 0,
            username="yunling-lab",
            password=PASSWORD,
            mobile="13900000012",
            name="云岭创新实验室",
            points=list(P2),
        )
        owner = _owner("yunling")
        for page, point in (("bills", Point.VIEW_BILLS), ("balance", Point.VIEW_BALANCE)):
            note_look(actor=owner, relationship=smart, page=page, point=point)
        request_change(actor=owner, relationship_id=smart.pk, terms=Terms.asked(P2), now=self.now - 5 * HOUR)

    def ends(self) -> None:
        """Invitations in every state: waiting, refused, expired, withdrawn; and a link that was dissolved."""
        self._invite("yunling", "yunling-trade", kind="group", points=P2, remark="外贸板块", ago=11 * HOUR)
        self._invite("chenxi", "yunling-data", kind="partner", points=P1, remark="联合项目", ago=40 * HOUR)
        refused = self._invite("yunling", "haitong", kind="partner", points=P1, remark="品牌合作", ago=6 * DAY)
        moment = self.now - 6 * DAY + 3 * HOUR
        refuse_invitation(actor=_owner("haitong"), invitation_id=refused.pk, now=moment)
        self._invite("yunling", "beichen", kind="partner", points=P2, remark="软件外包", ago=4 * DAY)
        expire_invitations(now=self.now)
        withdrawn = self._invite("haitong", "chenxi", kind="partner", points=P1, remark="写错了账号", ago=2 * DAY)
        withdraw_invitation(actor=_owner("haitong"), invitation_id=withdrawn.pk, now=self.now - 2 * DAY + HOUR)
        former = self._link("haitong", "beichen", kind="partner", points=P1, remark="去年的项目", ago=200 * DAY)
        dissolve_relationship(actor=_owner("haitong"), relationship_id=former.pk, now=self.now - 20 * DAY)

    def directory(self) -> None:
        """A tree of folders with members and resource accounts, one console open to the group's administrators."""
        group, owner = _account("yunling"), _owner("yunling")
        root = open_directory(actor=owner, account=group)
        folders = {name: self._folder(root, name) for name in ("研发中心", "制造中心", "海外业务")}
        folders["数据平台"] = self._folder(folders["研发中心"], "数据平台")
        places = {"yunling-data": "数据平台", "yunling-smart": "制造中心", "yunling-lab": "研发中心"}
        members = Relationship.objects.in_force().filter(manager=group, kind="group").select_related("member")
        for relationship in members:
            folder = folders[places[relationship.member.username]]
            place_member(actor=owner, account=group, relationship_id=relationship.pk, folder_id=folder.pk)
        folder = folders["数据平台"]
        for username, name in (("yunling-sandbox", "数据沙箱"), ("yunling-archive", "归档存储")):
            create_resource_account(actor=owner, account=group, folder_id=folder.pk, username=username, name=name)
        data = Relationship.objects.in_force().get(manager=group, member__username="yunling-data")
        console = Terms(console_role=ConsoleRole.ADMINISTRATOR)
        request_change(actor=owner, relationship_id=data.pk, terms=console, door="directory")
        accept_invitation(actor=_owner("yunling-data"), invitation_id=data.invitations.open().get().pk)

    def messages(self) -> None:
        """System messages: one read, one that pops up, one whose time is over."""
        for published, valid, title, body, title_en, body_en in MESSAGES:
            publish_message(
                actor=self.staff,
                title=title,
                body=body,
                title_en=title_en,
                body_en=body_en,
                published_at=self.now + published,
                valid_until=self.now + valid,
            )
        first = Message.objects.get(title=MESSAGES[0][2])
        for user in User.objects.filter(username__in=[person.username for person in CAST]):
            read_message(user=user, message_id=first.pk)

    def _login(self, person: Person) -> User:
        return create_login(
            username=person.username,
            mobile=person.mobile,
            password=PASSWORD,
            name=person.name,
            email=f"{person.username}@example.com",
        )

    def _folder(self, parent: Folder, name: str) -> Folder:
        return create_folder(actor=_owner("yunling"), account=_account("yunling"), parent_id=parent.pk, name=name)

    def _invite(
        self, manager: str, member: str, *, kind: str, points: Iterable[str], remark: str, ago: timedelta
    ) -> Invitation:
        return send_invitation(
            actor=_owner(manager),
            manager=_account(manager),
            identifier=member,
            kind=kind,
            terms=Terms.asked(points),
            remark=remark,
            now=self.now - ago,
        )

    def _link(
        self, manager: str, member: str, *, kind: str, points: Iterable[str], remark: str, ago: timedelta
    ) -> Relationship:
        invitation = self._invite(manager, member, kind=kind, points=points, remark=remark, ago=ago)
        return accept_invitation(actor=_owner(member), invitation_id=invitation.pk, now=self.now - ago + 2 * HOUR)


def _account(username: str) -> Account:
    return Account.objects.select_related("enterprise").get(username=username)


def _owner(username: str) -> Actor:
    """The account's owner, whom the story has prove nothing by code."""
    operator = Operator.objects.select_related("user", "account").get(account__username=username, role=Role.OWNER)
    return Actor(door=Door.SYSTEM, user=operator.user, account=operator.account)
