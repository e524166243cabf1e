"""The code from a text message."""

from django import forms

from config.forms import CodeField, CodeInput


class CodeForm(forms.Form):
    """Six digits."""

    code = CodeField(widget=CodeInput(attrs={"autofocus": True}))


class ClearanceForm(CodeForm):
    """The same beside the fields of another form that are carried along; its own name keeps apart from theirs."""

    prefix = "clearance"
