"""Addresses: people, their logins, and the account's own pages."""

from django.urls import URLPattern, path

from accounts.views import (
    api_keys,
    certification,
    codes,
    events,
    home,
    login,
    operators,
    passwords,
    profile,
    registration,
    sessions,
)

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("first-steps/", home.overview, name="first-steps"),
    path("workbench/", home.workbench, name="workbench"),
    # coming in
    path("login/", login.login, name="login"),
    path("logout/", login.logout, name="logout"),
    path("register/", registration.number, name="register"),
    path("register/code/", registration.code, name="register-code"),
    path("register/code/send/", registration.code_send, name="register-code-send"),
    path("register/details/", registration.details, name="register-details"),
    path("agreement/", registration.agreement, name="agreement"),
    path("password/forgot/", passwords.forgot, name="password-forgot"),
    path("password/forgot/code/", passwords.forgot_code, name="password-forgot-code"),
    path("password/forgot/code/send/", passwords.forgot_code_send, name="password-forgot-code-send"),
    path("password/forgot/new/", passwords.forgot_new, name="password-forgot-new"),
    path("language/", profile.language, name="language"),
    # the person
    path("account/", profile.show_profile, name="profile"),
    path("account/name/", profile.edit, name="profile-edit"),
    path("account/password/", passwords.change, name="password-change"),
    path("account/mobile/", profile.mobile, name="mobile-change"),
    path("account/mobile/code/", profile.mobile_code, name="mobile-change-code"),
    path("account/mobile/code/send/", profile.mobile_code_send, name="mobile-change-code-send"),
    path("account/door/", profile.door_switch, name="door-switch"),
    path("account/code/", codes.code, name="code"),
    path("account/code/send/", codes.code_send, name="code-send"),
    path("account/sessions/", sessions.index, name="session-list"),
    path("account/sessions/others/end/", sessions.end_others, name="session-end-others"),
    path("account/sessions/<slug:handle>/end/", sessions.end, name="session-end"),
    # the account that the person stands in
    path("account/operators/", operators.index, name="operator-list"),
    path("account/operators/add/", operators.add, name="operator-add"),
    path("account/operators/<int:pk>/role/", operators.role, name="operator-role"),
    path("account/operators/<int:pk>/remove/", operators.remove, name="operator-remove"),
    path("account/certification/", certification.status, name="certification"),
    path("account/certification/enterprise/", certification.enterprise, name="certification-enterprise"),
    path("account/certification/individual/", certification.individual, name="certification-individual"),
    path("account/certification/companies/", certification.registry_search, name="registry-search"),
    path("account/api-keys/", api_keys.index, name="api-key-list"),
    path("account/api-keys/new/", api_keys.create, name="api-key-create"),
    path("account/api-keys/<int:pk>/revoke/", api_keys.revoke, name="api-key-revoke"),
    path("account/log/", events.index, name="event-list"),
]
