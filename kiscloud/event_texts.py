"""What happened in KIS cloud, in words."""

from django.utils.translation import gettext_lazy as _

from accounts.event_texts import Group, Words, add_texts

TEXTS: dict[str, Words] = {
    "company.registered": Words(_("Registered the company %(company)s"), icon="building-2", tone="ok"),
    "company.renamed": Words(_("Renamed the company from %(before)s to %(company)s"), icon="file-pen"),
    "company.removed": Words(_("Took %(company)s off “my companies”"), icon="building-2"),
    "company.deleted": Words(_("Deleted the company %(company)s for good"), icon="trash-2", tone="stop"),
    "company.handed_over": Words(_("Handed %(company)s over to %(person)s: %(reason)s"), icon="handshake", tone="warn"),
    "company_member.promoted": Words(_("Made %(person)s an administrator of %(company)s"), icon="shield"),
    "company_member.demoted": Words(_("%(person)s is no administrator of %(company)s any more"), icon="shield-off"),
    "company_member.renamed": Words(_("%(person)s is called so in the address book of %(company)s"), icon="user-pen"),
    "company_member.removed": Words(_("Removed %(person)s from %(company)s"), icon="user-minus", tone="warn"),
    "company.verify_soon": Words(_("%(company)s was reminded to be verified by %(day)s"), icon="badge-check"),
    "subscription.added": Words(_("Added %(product)s to %(company)s"), icon="package-plus"),
    "subscription.tried": Words(_("Began a free trial of %(product)s"), icon="flask-conical", tone="ok"),
    "subscription.activated": Words(_("Activated %(product)s"), icon="badge-check", tone="ok"),
    "subscription.renewed": Words(_("Updated the service of %(product)s"), icon="refresh-cw", tone="ok"),
    "subscription.module_added": Words(
        _("Added the public-cloud module to %(product)s"), icon="package-plus", tone="ok"
    ),
    "subscription.expired": Words(_("%(product)s has ended"), icon="clock", tone="warn"),
    "subscription.deleted": Words(_("Deleted %(product)s"), icon="trash-2", tone="warn"),
    "subscription.ending": Words(
        _("Told the administrators how %(product)s of %(company)s ends"), icon="clock", tone="warn"
    ),
    "subscription.purged": Words(
        _("Archived and deleted the data of %(product)s: %(sets)s account sets"), icon="archive", tone="stop"
    ),
    "subscription.archive_fetched": Words(_("Fetched the archive of %(product)s"), icon="download", tone="warn"),
    "subscription.switched/public": Words(_("%(product)s changes to the public cloud"), icon="cloud"),
    "subscription.switched/private": Words(_("%(product)s changes to a private cloud"), icon="server"),
    "subscription.switched": Words(_("%(product)s changes between the clouds"), icon="cloud"),
    "subscription.held": Words(
        _("Holds back the deletion of the data of %(product)s: %(reason)s"), icon="shield", tone="warn"
    ),
    "subscription.released": Words(
        _("No longer holds back the deletion of the data of %(product)s: %(reason)s"), icon="shield"
    ),
    "activation_key.sent_again": Words(_("Sent the letter with the serial number %(serial)s again"), icon="mail"),
    "offering.added": Words(_("Orders of %(product)s give %(edition)s from now on"), icon="package-plus"),
    "activation_key.made": Words(_("The serial number %(serial)s was made for an order"), icon="key-round"),
    "activation_key.withdrawn": Words(
        _("Revoked the serial number %(serial)s: %(reason)s"), icon="key-round", tone="warn"
    ),
    "activation_key.revoked": Words(
        _("The serial number %(serial)s opens nothing any more"), icon="key-round", tone="warn"
    ),
    "seat.entered": Words(_("Entered the account set %(set)s"), icon="log-in"),
    "seat.logged_off": Words(_("Logged off %(person)s"), icon="log-out", tone="warn"),
    "device.logged_in": Words(_("Logged in on the client %(device)s"), icon="laptop"),
    "device.removed": Words(_("Removed the client %(device)s"), icon="laptop", tone="warn"),
    "drive.deleted": Words(_("Deleted a file of the personal drive"), icon="trash-2"),
    "release.added": Words(_("Added the client %(release)s"), icon="package-plus"),
    "release.published": Words(_("Published the client %(release)s"), icon="package-check", tone="ok"),
    "release.withdrawn": Words(_("Withdrew the client %(release)s"), icon="package-x", tone="warn"),
    "private_server.registered": Words(
        _("Registered the private cloud %(server)s for %(product)s, with a new code"), icon="server", tone="warn"
    ),
    "private_server.revoked": Words(_("Revoked the code of the private cloud %(server)s"), icon="server", tone="stop"),
    "backup.started": Words(_("Began to back up the account set %(set)s"), icon="archive"),
    "backup.made": Words(_("Backed up the account set %(set)s"), icon="archive", tone="ok"),
    "backup.failed": Words(_("The account set %(set)s could not be backed up"), icon="archive-x", tone="stop"),
    "backup.sent": Words(
        _("A backup of the account set %(set)s came from %(sender)s"), icon="archive-restore", tone="ok"
    ),
    "backup.alarmed": Words(
        _("Told administrators that the account set %(set)s has no good backup"), icon="archive-x", tone="stop"
    ),
    "backup.well_again": Words(_("The account set %(set)s has a good backup again"), icon="archive", tone="ok"),
    "backup.downloaded": Words(_("Downloaded a backup of the account set %(set)s"), icon="download", tone="warn"),
    "backup.deleted": Words(_("Deleted %(count)s backups"), icon="trash-2", tone="warn"),
    "company_member.added": Words(_("Added %(person)s to the address book"), icon="user-plus", tone="ok"),
    "account_set.creating": Words(_("Began to create the account set %(set)s"), icon="book-plus"),
    "account_set.created": Words(_("Created the account set %(set)s"), icon="book-plus", tone="ok"),
    "account_set.put_back": Words(_("Put the demo set %(set)s back to its first state"), icon="refresh-cw"),
    "account_set.creation_failed": Words(_("The account set %(set)s could not be created"), icon="book-x", tone="stop"),
    "account_set.deleted": Words(_("Deleted the account set %(set)s"), icon="trash-2", tone="stop"),
    "account_set.user_added": Words(_("Added %(person)s to the account set %(set)s"), icon="user-plus", tone="ok"),
    "account_set.user_renamed": Words(_("Renamed %(before)s to %(person)s in the account set %(set)s"), icon="pencil"),
    "account_set.user_made_admin": Words(
        _("Made %(person)s an administrator of the account set %(set)s"), icon="shield-check", tone="ok"
    ),
    "account_set.user_unmade_admin": Words(
        _("%(person)s is no longer an administrator of the account set %(set)s"), icon="shield-off", tone="warn"
    ),
    "account_set.user_disabled": Words(_("Disabled %(person)s in the account set %(set)s"), icon="user-x", tone="warn"),
    "account_set.user_enabled": Words(_("Enabled %(person)s in the account set %(set)s"), icon="user-check", tone="ok"),
    "account_set.user_deleted": Words(
        _("Took %(person)s out of the account set %(set)s"), icon="user-minus", tone="warn"
    ),
    "account_set.restore_started": Words(_("Began to restore the account set %(set)s"), icon="archive-restore"),
    "account_set.restored": Words(_("Restored the account set %(set)s"), icon="archive-restore", tone="ok"),
    "account_set.restore_failed": Words(
        _("The account set %(set)s could not be restored"), icon="archive-x", tone="stop"
    ),
}
PREFIXES = (
    "company.",
    "company_member.",
    "subscription.",
    "activation_key.",
    "offering.",
    "seat.",
    "device.",
    "account_set.",
    "backup.",
    "set_user.",
    "drive.",
    "release.",
    "private_server.",
)


def register() -> None:
    """The log speaks of KIS cloud from now on, and can be narrowed to it."""
    add_texts(TEXTS, group=Group("kiscloud", _("KIS cloud"), PREFIXES), pages={})
