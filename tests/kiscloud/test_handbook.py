"""The handbook: the same pages in both languages, links that lead somewhere, and the figures that the rules ask for."""

import re

import pytest
from django.conf import settings
from django.template.loader import get_template

from kiscloud.handbook.figures import FIGURES
from kiscloud.handbook.markup import PICTURES, address_of, html_of, parts_of, pictures_of, targets_of, tokens_of
from kiscloud.handbook.pages import LANGUAGES, ROOT, SECTIONS, changes_of, neighbours, pages_of

SLUGS = sorted(pages_of("en"))
EVERY = [(code, slug) for code in LANGUAGES for slug in SLUGS]
MARKS = re.compile(r"""\{%\s*help_mark\s+["']([^"']+)["']""")


def plain(code, slug):
    return " ".join(f"{part.heading} {part.text}" for part in parts_of(pages_of(code)[slug]))


def anchors(code, slug):
    return [part.anchor for part in parts_of(pages_of(code)[slug]) if part.anchor]


def shapes(code, slug):
    """What a translation keeps: the order of headings, tables, lists and pictures."""
    kept = {"heading_open", "table_open", "tr_open", "ordered_list_open", "bullet_list_open", "list_item_open"}
    text = pages_of(code)[slug].text
    return [token.type for token in tokens_of(text) if token.type in kept], list(pictures_of(text))


def test_both_languages_have_the_same_pages_and_releases():
    assert set(pages_of("zh-hans")) == set(pages_of("en"))
    assert set(changes_of("zh-hans")) == set(changes_of("en")) != set()
    assert all((ROOT / code / f"{slug}.md").is_file() for code, slug in EVERY)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_page_has_the_same_shape_in_both_languages(slug):
    chinese, english = pages_of("zh-hans")[slug], pages_of("en")[slug]
    assert (chinese.section, chinese.order) == (english.section, english.order)
    assert anchors("zh-hans", slug) == anchors("en", slug)
    assert shapes("zh-hans", slug) == shapes("en", slug)
    assert list(targets_of(chinese.text)) == list(targets_of(english.text))


@pytest.mark.rule("S23.4")
@pytest.mark.parametrize(("code", "slug"), EVERY)
def test_every_link_and_picture_is_there(code, slug):
    page = pages_of(code)[slug]
    assert page.title
    assert page.summary
    for target in targets_of(page.text):
        assert address_of(target)
        check_anchor(code, target if target[0] != "#" else f"{slug}{target}")
    for picture in pictures_of(page.text):
        get_template(f"{PICTURES}/{picture}.html")
    assert "{#" not in html_of(page)


def check_anchor(code, target):
    name, _hash, anchor = target.partition("#")
    if ":" not in name:
        assert name in pages_of(code), target
        assert not anchor or anchor in anchors(code, name), target


@pytest.mark.parametrize(("code", "slug"), EVERY)
def test_every_heading_has_an_anchor_of_its_own(code, slug):
    parts = [part for part in parts_of(pages_of(code)[slug]) if part.heading]
    assert [part.heading for part in parts if not part.anchor] == []
    assert len({part.anchor for part in parts}) == len(parts)


@pytest.mark.parametrize(("code", "slug"), EVERY)
def test_a_page_has_nothing_that_the_policy_forbids(code, slug):
    html = html_of(pages_of(code)[slug])
    assert not re.search(r"\sstyle=|<script|<style|\son[a-z]+=|javascript:", html)


def test_html_in_the_text_is_shown_and_not_done():
    page = pages_of("en")["first-steps"]
    evil = type(page)("x", "en", "x", "start", 1, "x", "", "<script>alert(1)</script> [x](javascript:alert(1))")
    assert "<script" not in html_of(evil)
    assert "href" not in html_of(evil)


def test_question_marks_of_templates_lead_to_pages_that_are_there():
    templates = (settings.BASE_DIR / "templates").rglob("*.html")
    for target in (target for path in templates for target in MARKS.findall(path.read_text(encoding="utf-8"))):
        check_anchor("en", target)


def test_the_pages_stand_in_one_line_from_the_first_to_the_last():
    order = list(pages_of("zh-hans").values())
    assert neighbours(order[0])[0] is None
    assert neighbours(order[-1])[1] is None
    assert [neighbours(page)[1] for page in order[:-1]] == order[1:]
    assert {page.section for page in order} == {section.key for section in SECTIONS}


# Rule, page, and what it says in Chinese and in English. `{…}` is a figure of the handbook.
SAYS = [
    ("S1.1", "product", ["商贸版", "专业版", "旗舰版"], ["Trade", "Professional", "Flagship"]),
    ("S1.2", "product", ["不用自备服务器", "24 小时", "按年租用", "下载", "相互切换", "CSA STAR", "ISO 27001"],
     ["No server of your own", "24 hours", "by the year", "download", "Switch", "CSA STAR", "ISO 27001"]),
    ("S1.3", "product", ["浏览器", "桌面客户端"], ["browser", "desktop client"]),
    ("S1.4", "product", ["手机号和密码", "企业自己的服务器", "安全锁"],
     ["Mobile number and password", "Your own", "dongle"]),
    ("S23.1", "first-steps", ["登录", "注册企业", "确认选择", "添加产品", "创建账套", "添加用户"],
     ["Log in", "Register a company", "Confirm the choice", "Add a product", "Create an account set", "Add users"]),
    ("S24.1", "private-cloud", ["Windows Server", "可能无法启动"], ["Windows Server", "fail to start"]),
    ("S24.2", "private-cloud", ["2008 R2 或更高", "2008 R2 或 2012"], ["2008 R2 or newer", "2008 R2 or 2012"]),
    ("S24.3", "private-cloud", ["8 GB", "SSD", "4 核"], ["8 GB", "SSD", "4 cores"]),
    ("S24.4", "private-cloud", ["全部项目都选", "默认路径", "立即使用"],
     ["select everything", "default path", "at once"]),
    ("S24.5", "private-cloud", ["客户自己的账号", "我要试用", "真实信息"],
     ["own account", "Try it", "true registration"]),
    ("S24.6", "private-cloud", ["合作伙伴员工", "产品转移"], ["partner's employee", "transfer of the product"]),
    ("S24.6", "activation", ["合作伙伴的员工", "系统会先提醒"], ["partner's employee", "The system warns"]),
    ("S24.7", "private-cloud", ["系统管理—私有云服务", "自动识别"], ["Private-cloud service", "found automatically"]),
    ("S24.8", "private-cloud", ["局域网或 VPN", "专线", "云主机"], ["LAN or VPN", "leased line", "cloud host"]),
    ("S24.9", "private-cloud", ["没有固定 IP", "唯一的 ID", "通道"],
     ["without a fixed IP", "one unique ID", "tunnel"]),
    ("S24.10", "private-cloud", ["安装程序中选择客户端"], ["Choose Client in the installer"]),
    ("S24.11", "private-cloud", ["推荐", "{portable_mb} MB", "双击即可", "直连 IP 或云模式的 ID", "快捷方式"],
     ["recommended", "{portable_mb} MB", "Double-click", "direct IP or the ID", "Shortcuts"]),
    ("S24.12", "private-cloud", ["杀毒软件和防火墙", "备份计划"], ["antivirus and firewall", "backup plan"]),
    ("S21.1", "private-client", ["点击私有云模式"], ["Click Private-cloud mode"]),
    ("S21.3", "private-client", ["只需安装服务器端", "优先 TCP 中转", "非 TCP 中转"],
     ["installed on the server alone", "TCP relay preferred", "no TCP relay"]),
    ("S20.11", "windows-client", ["云打印机", "ISmarter"], ["Cloud printers", "ISmarter"]),
    ("S20.12", "windows-client", ["桌面快捷方式", "安装目录", "托盘"], ["Desktop shortcut", "install folder", "tray"]),
    ("S20.13", "windows-client", ["本地输入法", "默认勾选"], ["Local input method", "On by default"]),
    ("S20.16", "windows-client", ["我的KIS云盘(S:)", "可读可写", "文件仍在"],
     ["我的KIS云盘(S:)", "writable", "files stay"]),
    ("S20.17", "windows-client", ["一键卸载"], ["Uninstall"]),
    ("S25.1", "mac-client", ["应用程序", "辅助功能", "仍要打开", "先取消再重新勾选"],
     ["Applications", "Accessibility", "Open Anyway", "untick it and tick it again"]),
    ("S25.2", "mac-client", ["{mac_minimum}.x", "不支持"], ["{mac_minimum}.x", "not supported"]),
    ("S25.3", "mac-client", ["刷新网页", "开始使用", "允许"], ["refresh the web page", "Begin", "Allow"]),
    ("S25.4", "mac-client", ["上边缘", "输入法", "缩放", "右键"],
     ["upper edge", "input method", "zoom", "Right-click"]),
    ("S25.5", "mac-client", ["私有云模式", "体验版模式", "帮助手册", "忘记密码", "关于"],
     ["Private-cloud mode", "Trial mode", "Handbook", "Forgot password", "About"]),
    ("S25.6", "mac-client", ["右键点击保存过的账号", "双击标记的箭头"],
     ["Right-click a kept account", "marked arrow"]),
    ("S25.7", "mac-client", ["先选企业，再选账套", "切换用户"], ["company, then the account set", "Switch user"]),
    ("S25.8", "mac-client", ["直连 IP、域名或云模式的 ID", "自动启动"],
     ["direct IP, a domain name", "Start automatically"]),
    ("S25.9", "mac-client", ["S 文件夹"], ["folder S"]),
    ("S25.10", "mac-client", ["Safari", "先安装"], ["Safari", "install the plug-in"]),
    ("S25.11", "mac-client", ["不支持打印"], ["Printing is not supported"]),
    ("S26.1", "upgrade", ["历史账套", "不会中断"], ["earlier KIS products", "no gap"]),
    ("S26.2", "upgrade", ["{upgrade_from} 及以下", "{upgrade_to}"], ["{upgrade_from} and below", "{upgrade_to}"]),
    ("S26.3", "upgrade", ["支持人员与您一起安排"], ["arranged with support"]),
    ("S5.4", "companies", ["{verify_days} 天"], ["{verify_days} days"]),
    ("S10.4", "expiry", ["1 至 {grace_days} 天", "满 {kept_days} 天"], ["1 to {grace_days}", "After {kept_days} days"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("slug", "chinese", "english"),
    [pytest.param(*row[1:], marks=pytest.mark.rule(row[0]), id=f"{row[0]}-{row[1]}") for row in SAYS],
)
def test_the_handbook_says_what_the_rule_asks(slug, chinese, english):
    for code, sayings in (("zh-hans", chinese), ("en", english)):
        text = plain(code, slug)
        assert [words for words in sayings if words.format(**FIGURES) not in text] == []
