"""Addresses: the resource directory, members' consoles, switching accounts."""

from django.urls import URLPattern, path

from accounts.views import consoles, directory, folders, switching

urlpatterns: list[URLPattern] = [
    path("switch/", switching.switch, name="account-switch"),
    path("directory/", directory.index, name="directory"),
    path("directory/open/", directory.open_tree, name="directory-open"),
    path("directory/invite/", directory.invite, name="directory-invite"),
    path("directory/invite/check/", directory.check, name="directory-check"),
    path("directory/resource-accounts/new/", directory.create_resource, name="resource-create"),
    path("directory/folders/<int:pk>/new/", folders.create, name="folder-create"),
    path("directory/folders/<int:pk>/rename/", folders.rename, name="folder-rename"),
    path("directory/folders/<int:pk>/move/", folders.move, name="folder-move"),
    path("directory/folders/<int:pk>/delete/", folders.delete, name="folder-delete"),
    path("directory/members/<int:pk>/place/", directory.place, name="member-place"),
    path("directory/members/<int:pk>/access/", consoles.request_access, name="console-request"),
    path("directory/members/<int:pk>/enter/", consoles.enter, name="member-enter"),
    path("directory/leave/", consoles.leave, name="member-leave"),
]
