"""People who log in, and their sessions."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Finds a person by any of the three names that they may log in with."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Django's own commands look people up by user name."""
        return self.get(username=username)

    def by_identifier(self, identifier: str) -> "User | None":
        """The user whose mobile number, e-mail or user name this is, already in stored form; lower case."""
        wanted = identifier.strip().lower()
        if not wanted:
            return None
        match = models.Q(username=wanted) | models.Q(email=wanted) | models.Q(mobile=wanted)
        return self.filter(match).first()

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """A member of staff with every right, for `manage.py createsuperuser`."""
        user = self.model(username=username.lower(), is_staff=True, is_superuser=True, **fields)
        user.activated_at = timezone.now()
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person. What is billed and linked is an Account; a user acts in accounts as an Operator."""

    class Door(models.TextChoices):
        """Where a log-in leads; the last choice is remembered (S2.2)."""

        WORKBENCH = "workbench", _("Workbench")
        MANAGEMENT = "management", _("Management centre")

    username = models.CharField(_("user name"), max_length=32, unique=True)
    mobile = models.CharField(_("mobile number"), max_length=11, unique=True, null=True, blank=True)
    email = models.EmailField(_("e-mail"), unique=True, null=True, blank=True)
    name = models.CharField(_("name"), max_length=60, blank=True)
    language = models.CharField(_("language"), max_length=10, default=settings.LANGUAGE_CODE)
    last_door = models.CharField(_("last door"), max_length=12, choices=Door, default=Door.WORKBENCH)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("support staff"), default=False)
    # Empty for somebody whom others added and who has not yet set a password (S2.7).
    activated_at = models.DateTimeField(_("activated"), null=True, blank=True)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(name="user_username_lower", condition=models.Q(username=Lower("username"))),
            models.CheckConstraint(
                name="user_email_lower", condition=models.Q(email__isnull=True) | models.Q(email=Lower("email"))
            ),
            models.CheckConstraint(
                name="user_mobile_form",
                condition=models.Q(mobile__isnull=True) | models.Q(mobile__regex=r"^1[3-9][0-9]{9}$"),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        """How others see this person."""
        return str(self)

    def get_short_name(self) -> str:
        """The same, for the admin's greeting."""
        return str(self)


class Session(AbstractBaseSession):
    """A log-in that its user can see and end. Where it came from is in the session's own data."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions", verbose_name=_("user"))
    created_at = models.DateTimeField(_("begun"), default=timezone.now)
    seen_at = models.DateTimeField(_("last seen"), default=timezone.now)
    address = models.GenericIPAddressField(_("address"), null=True)
    agent = models.CharField(_("browser"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("log-in")
        verbose_name_plural = _("log-ins")

    @classmethod
    def get_session_store_class(cls) -> Any:
        """The store that reads and writes this table (`accounts.sessions`)."""
        return import_string("accounts.sessions.SessionStore")
