"""Every page of accounts, by noun."""

from accounts.urls import directory, finance, messages, people

app_name = "accounts"
urlpatterns = [*people.urlpatterns, *finance.urlpatterns, *directory.urlpatterns, *messages.urlpatterns]
