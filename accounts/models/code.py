"""One-time codes for log-in matters and delicate acts."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User


class OneTimeCode(models.Model):
    """Six digits sent to a mobile number for one purpose and one object.

    Life: sent → passed (typed rightly) → spent (the act it was asked for was done). Only a keyed digest is kept.
    """

    class Purpose(models.TextChoices):
        """What a code is good for; never for anything else."""

        REGISTER = "register", _("register")
        RESET_PASSWORD = "reset_password", _("set a new password")
        CHANGE_CONTACT = "change_contact", _("change mobile number or e-mail")
        INVITE = "invite", _("invite an account")
        REGISTER_MEMBER = "register_member", _("create a linked account")
        CHANGE_PERMISSIONS = "change_permissions", _("change permissions")
        DISSOLVE = "dissolve", _("dissolve a relationship")
        CREATE_KEY = "create_key", _("create an API key")
        ALLOT_FUNDS = "allot_funds", _("allot funds")
        WITHDRAW = "withdraw", _("withdraw money")
        SWITCH_PAYING = "switch_paying", _("change who pays")
        DELETE_COMPANY = "delete_company", _("delete a company for good")
        DELETE_SET = "delete_set", _("delete an account set")
        DOWNLOAD_BACKUP = "download_backup", _("download a backup")
        DELETE_BACKUP = "delete_backup", _("delete backups")
        SHOW_CREDENTIALS = "show_credentials", _("show or renew the keys of the invoice cloud")
        SEND_KEY = "send_key", _("send a serial number and CD-Key again")

    purpose = models.CharField(_("purpose"), max_length=32)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="codes", verbose_name=_("user"))
    mobile = models.CharField(_("mobile number"), max_length=11)
    binding = models.CharField(_("bound to"), max_length=120, blank=True)
    digest = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    sent_at = models.DateTimeField(_("sent"))
    expires_at = models.DateTimeField(_("valid until"))
    accepted_by_provider = models.BooleanField(default=False)
    replaced_at = models.DateTimeField(null=True)
    passed_at = models.DateTimeField(_("passed"), null=True)
    spent_at = models.DateTimeField(_("used"), null=True)

    class Meta:
        verbose_name = _("one-time code")
        verbose_name_plural = _("one-time codes")
        indexes = [models.Index(fields=["mobile", "purpose", "-sent_at"])]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"
