// Tells the stylesheets that scripts run, before the first paint.
document.documentElement.classList.add("scripted");
