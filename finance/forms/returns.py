"""Giving a resource back."""

from django import forms

from finance.forms.base import KeyField


class ReturnForm(forms.Form):
    """Only its key: a form that is sent twice gives back once."""

    key = KeyField()
