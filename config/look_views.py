"""The gallery: every piece of the look on a few pages that resemble the real ones, for eyes and for browser tests.

Needs no database. The sample words are data, in the language that the product is read in.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.timezone import now

from config import nav
from config.errors import DomainError
from config.forms import CardSelect, CheckboxCards, CodeField
from config.paging import Page
from config.web import page, refusal

PAGES = ("pieces", "list", "form", "wizard", "confirm", "detail", "login", "refusal", "empty")


class SampleForm(forms.Form):
    """One field of every kind."""

    target = forms.CharField(
        label="对方账号名或注册邮箱", help_text="请输入对方登录统账所用的账号名，或注册时填写的邮箱。"
    )
    kind = forms.ChoiceField(
        label="关联类型",
        choices=[("group", "企业集团"), ("partner", "合作伙伴")],
        widget=CardSelect(
            hints={
                "group": "同一集团内的母公司与子公司，可统一管理资金与账单。",
                "partner": "相互独立的企业，按约定的权限协作。",
            }
        ),
    )
    rights = forms.MultipleChoiceField(
        label="申请的权限",
        choices=[("balance", "查看余额"), ("bills", "查看账单"), ("invoices", "开票")],
        widget=CheckboxCards(
            hints={"balance": "现金、授信与代金券余额", "bills": "消费明细与月度账单", "invoices": "以成员名义申请发票"}
        ),
    )
    amount = forms.DecimalField(label="金额（元）", widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    until = forms.DateField(label="有效期至", widget=forms.DateInput(attrs={"type": "date"}), required=False)
    industry = forms.ChoiceField(
        label="所属行业", choices=[("", "请选择"), ("m", "制造业"), ("s", "软件和信息技术服务业")]
    )
    note = forms.CharField(label="备注", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    way = forms.ChoiceField(label="通知方式", choices=[("sms", "短信"), ("mail", "邮件")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="我已阅读并同意《财务管理服务协议》")


class CodeForm(forms.Form):
    """What a heavy act asks for."""

    code = CodeField(label="短信验证码")


class LoginForm(forms.Form):
    """The log-in of the gallery."""

    identifier = forms.CharField(
        label="手机号、邮箱或账号名", widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(label="密码", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))


class FilterForm(forms.Form):
    """What narrows the sample list."""

    q = forms.CharField(label="企业名称或账号", widget=forms.SearchInput, required=False)
    kind = forms.ChoiceField(
        label="关联类型", choices=[("", "全部"), ("g", "企业集团"), ("p", "合作伙伴")], required=False
    )
    status = forms.ChoiceField(label="状态", choices=[("", "全部"), ("e", "已关联"), ("w", "待接受")], required=False)


@login_not_required
def look(request: HttpRequest, name: str = "pieces") -> HttpResponse:
    """A page of the gallery; its forms come back with their errors and do nothing."""
    if name not in PAGES:
        raise Http404
    if "said" in request.GET:
        messages.success(request, "邀约已发送至 宁波海曙精密制造有限公司，链接 48 小时内有效。")
    if name == "refusal":
        error = DomainError("对方已加入另一个企业集团，不能再接受企业集团类型的邀约。")
        error.rule, error.hint = "K3.4", "可以改为以“合作伙伴”类型邀约，或请对方先解除原有的集团关联。"
        return refusal(request, error)
    data = request.POST if request.method == "POST" else None
    context: dict[str, Any] = {
        "nav": console(with_sections=name != "login"),
        "pages": PAGES,
        "form": {"login": LoginForm, "confirm": CodeForm, "wizard": CodeForm}.get(name, SampleForm)(data),
        "filter": FilterForm(),
        "page": Page(items=members(), next="?after=x", previous="?before=y"),
        "moments": history(),
        "sentences": [
            "对方将立即失去对贵司余额、账单与发票的查看权限。",
            "来自对方的放款余额 ¥120,000.00 将转为贵司自有现金。",
        ],
        "steps": ["确认对方", "选择权限", "身份验证"],
        "tree": folders(),
        "facts": [
            ("统一社会信用代码", "91330203MA2AF1BX3K"),
            ("法定代表人", "周远航"),
            ("成立日期", "2016-04-18"),
            ("备注", ""),
        ],
        "tabs": [
            nav.NavItem("成员账号", "?", current=True, count=12),
            nav.NavItem("我的邀约", "?", count=3),
            nav.NavItem("已解除", "?"),
        ],
        "menu": [nav.NavItem("变更权限", "?", "shield-check"), nav.NavItem("查看记录", "?", "history")],
    }
    if name == "list" and request.GET.get("q") == "refuse":
        raise DomainError("这个筛选条件暂不可用。")
    part = "_rows.html" if name == "list" else None
    return page(request, f"dev/look/{name}.html", context, part=part, status=422 if data is not None else 200)


def console(*, with_sections: bool) -> nav.Console:
    """A finance console with everything in it."""
    item = nav.NavItem
    sections = (
        nav.NavSection("", (item("总览", "?", "layout-grid"),)),
        nav.NavSection(
            "企业关联",
            (
                item("成员管理", "?", "users", current=True),
                item("我的邀约", "?", "send", count=3),
                item("谁能看到我", "?", "eye"),
            ),
        ),
        nav.NavSection(
            "资金",
            (
                item("账户余额", "?", "wallet"),
                item("放款与回款", "?", "arrow-left-right"),
                item("信用额度", "?", "gauge"),
            ),
        ),
        nav.NavSection("账单与发票", (item("月度账单", "?", "receipt-text"), item("发票申请", "?", "file-text"))),
    )
    return nav.Console(
        products=(
            nav.Product("finance", "企业财务", "?", "landmark", current=True, note="关联企业，统一管理资金与账单"),
            nav.Product("directory", "资源目录", "?", "folder-tree", note="按组织结构管理云账号"),
            nav.Product("invoices", "发票", "?", "receipt-text", note="抬头、申请与已开发票"),
            nav.Product("cloud", "发票云", "?", "cloud", note="分配开票权益"),
        ),
        sections=sections if with_sections else (),
        account_name="杭州云栖控股集团有限公司",
        account_number="1008 6600 2317",
        accounts=(
            nav.AccountChoice(1, "杭州云栖控股集团有限公司", "1008 6600 2317", current=True, role="所有者"),
            nav.AccountChoice(2, "杭州云栖科技有限公司", "1008 6600 4821", role="财务"),
        ),
        switch_url="?",
        unread=7,
        messages_url="?",
        help_url="?",
        home_url="/dev/look/",
        user_name="沈若岚",
        user_note="138****6620 · 所有者",
        user_menu=(item("个人信息", "?", "user"), item("登录设备", "?", "monitor-smartphone")),
        logout_url="?",
    )


def members() -> list[dict[str, Any]]:
    """Rows in every state."""
    rows = [
        ("宁波海曙精密制造有限公司", "1009 2200 1184", "企业集团", "财务管理", "已关联", "ok", "128450.00", 2),
        ("绍兴越城新材料有限公司", "1009 2200 1190", "企业集团", "财务托管", "已关联", "ok", "3206.50", 30),
        ("上海临港供应链管理有限公司", "1009 2200 2046", "合作伙伴", "财务管理", "权限变更中", "info", "-560.00", 300),
        ("苏州工业园区智联软件有限公司", "1009 2200 3351", "合作伙伴", "财务管理", "待接受", "wait", None, 3000),
        ("合肥蜀山电子科技有限公司", "1009 2200 3377", "企业集团", "财务管理", "已拒绝", "stop", None, 30000),
        ("湖州南太湖物流有限公司", "1009 2200 3402", "企业集团", "财务管理", "已解除", "neutral", None, 900000),
    ]
    names = ("name", "number", "kind", "mode", "label", "tone", "balance", "minutes")
    found: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in rows]
    for row in found:
        row["at"] = now() - timedelta(minutes=row["minutes"])
        row["balance"] = Decimal(row["balance"]) if row["balance"] else None
    return found


def history() -> list[dict[str, Any]]:
    """Events of a relationship."""
    at = now()
    return [
        {
            "at": at - timedelta(minutes=12),
            "text": "对方接受邀约，关联关系建立",
            "icon": "link-2",
            "tone": "ok",
            "note": "陆景行",
        },
        {"at": at - timedelta(hours=3), "text": "邀约短信与邮件已送达", "icon": "send", "note": "138****6620"},
        {
            "at": at - timedelta(hours=3, minutes=1),
            "text": "发出邀约：企业集团 · 财务管理",
            "icon": "mail",
            "tone": "info",
            "note": "沈若岚",
        },
        {"at": at - timedelta(days=400), "text": "上一次邀约过期", "icon": "clock", "tone": "warn"},
    ]


def folders() -> list[dict[str, Any]]:
    """A directory two levels deep."""
    leaf = {"url": "?", "children": []}
    return [
        {
            "label": "云栖控股集团",
            "url": "?",
            "count": 12,
            "open": True,
            "children": [
                {**leaf, "label": "制造事业部", "count": 5, "current": True},
                {**leaf, "label": "软件事业部", "count": 4},
                {**leaf, "label": "供应链", "count": 3},
            ],
        }
    ]
