// A form is sent once: its button turns while the answer is on its way. [data-countdown] waits before it can be pressed again.
(() => {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    event.submitter?.setAttribute("aria-busy", "true");
  });

  // Coming back by the browser's own button shows the page as it was left: it can be sent again.
  const reset = () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const button of document.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
  };
  window.addEventListener("pageshow", (event) => event.persisted && reset());
  document.addEventListener("htmx:afterRequest", reset);

  const count = (button) => {
    const words = button.textContent;
    const end = Date.now() + Number(button.dataset.countdown) * 1000;
    const tick = () => {
      const left = Math.ceil((end - Date.now()) / 1000);
      button.disabled = left > 0;
      button.textContent = left > 0 ? button.dataset.countdownText.replace("{seconds}", left) : words;
      if (left > 0) setTimeout(tick, 1000);
    };
    tick();
  };
  const start = (root) => {
    for (const button of root.querySelectorAll?.("[data-countdown]:not([data-countdown='0'])") ?? []) count(button);
  };
  document.addEventListener("DOMContentLoaded", () => start(document));
  document.addEventListener("htmx:afterSettle", (event) => start(event.target));
})();
