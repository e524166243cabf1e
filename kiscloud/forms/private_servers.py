"""A private server, registered by hand."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kiscloud.models import PrivateServer


class ServerForm(forms.Form):
    """How it is reached."""

    reach = forms.ChoiceField(
        label=_("Reached by"),
        choices=PrivateServer.Reach.choices,
        initial=PrivateServer.Reach.CLOUD,
        widget=forms.RadioSelect,
        help_text=_("A fixed address: in your network, or a public one. Through the cloud: without a fixed address."),
    )
    endpoint = forms.CharField(
        label=_("Server address"),
        required=False,
        max_length=255,
        help_text=_(
            "Name or IP address with the port, such as 192.168.1.10:8080. The server itself keeps it up to date."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
    )
