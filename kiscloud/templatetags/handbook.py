"""The way from a page of the product to the chapter of the handbook that explains it."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from config.templatetags.ui import icon
from kiscloud.handbook.markup import address_of
from kiscloud.handbook.pages import language, pages_of

register = template.Library()


@register.simple_tag
def help_mark(target: str) -> SafeString:
    """A small question mark that leads to a page, or to a heading of it: `{% help_mark "trials#limits" %}`."""
    title = pages_of(language())[target.partition("#")[0]].title
    label = _("Help: %(title)s") % {"title": title}
    return format_html(
        '<a class="help-mark" href="{}" aria-label="{}" title="{}">{}</a>',
        address_of(target),
        label,
        label,
        icon("circle-question-mark", size=16),
    )
