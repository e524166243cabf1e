// [data-focus-on-load] takes the focus when it appears, with the page or through htmx; a summary's link focuses its field.
(() => {
  const focus = (root) => {
    const target = root.querySelector?.("[data-focus-on-load]");
    if (target) target.focus();
  };
  document.addEventListener("DOMContentLoaded", () => focus(document));
  document.addEventListener("htmx:afterSettle", (event) => focus(event.target));
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".error-summary a[href^='#']");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    (field.closest(".field") ?? field).scrollIntoView({ block: "center" });
    field.focus({ preventScroll: true });
  });
})();
