"""The doors of clients and private servers, below `/api/v1/client/`."""

from django.urls import URLPattern, path

from kiscloud.api import drive, private_servers, releases, seats, sent_backups, sessions, sets

urlpatterns: list[URLPattern] = [
    path("client/login/", sessions.LogIn.as_view(), name="client-login"),
    path("client/launch/", sessions.Launch.as_view(), name="client-launch"),
    path("client/session/", sessions.Session.as_view(), name="client-session"),
    path("client/devices/", sessions.Devices.as_view(), name="client-devices"),
    path("client/devices/<int:pk>/", sessions.OneDevice.as_view(), name="client-device"),
    path("client/preferences/", sessions.Preferences.as_view(), name="client-preferences"),
    path("client/sets/", sets.Sets.as_view(), name="client-sets"),
    path("client/tickets/", sets.Tickets.as_view(), name="client-tickets"),
    path("client/seats/", seats.Seats.as_view(), name="client-seats"),
    path("client/seats/<int:pk>/", seats.OneSeat.as_view(), name="client-seat"),
    path("client/seats/<int:pk>/beat/", seats.Beats.as_view(), name="client-beat"),
    path("client/seats/<int:pk>/ask/", seats.Requests.as_view(), name="client-ask"),
    path("client/queue/", seats.Queue.as_view(), name="client-queue"),
    path("client/drive/", drive.Drive.as_view(), name="client-drive"),
    path("client/drive/room/", drive.DriveRoom.as_view(), name="client-drive-room"),
    path("client/drive/<int:pk>/", drive.OneFile.as_view(), name="client-drive-file"),
    path("client/releases/", releases.Releases.as_view(), name="client-releases"),
    path("client/releases/check/", releases.Check.as_view(), name="client-release-check"),
    path("client/private-servers/", private_servers.Servers.as_view(), name="private-servers"),
    path("client/private-servers/look-up/", private_servers.LookUp.as_view(), name="private-look-up"),
    path("client/private-servers/report/", private_servers.Report.as_view(), name="private-report"),
    path("client/private-servers/backups/", sent_backups.SentBackups.as_view(), name="private-backups"),
    path("client/private-servers/backups/<slug:sha256>/", sent_backups.SentBackup.as_view(), name="private-backup"),
    path("client/private-servers/switch/", private_servers.Switch.as_view(), name="private-switch"),
    path("client/private-servers/log-in/", private_servers.LogIns.as_view(), name="private-log-in"),
]
