// [data-company]: the name field suggests companies while one types (htmx fetches them); the chosen one fills the form.
// Arrows walk, Enter chooses, Escape closes; the focus stays in the field.
(() => {
  const start = (holder) => {
    const input = holder.querySelector("input[name=name]");
    const panel = holder.querySelector(".suggest-panel");
    const form = input.form;
    const items = () => [...panel.querySelectorAll("[role=option]")];
    const current = () => panel.querySelector("[aria-selected=true]");

    const mark = (item) => {
      current()?.setAttribute("aria-selected", "false");
      item?.setAttribute("aria-selected", "true");
      item?.scrollIntoView({ block: "nearest" });
      if (item) input.setAttribute("aria-activedescendant", item.id);
      else input.removeAttribute("aria-activedescendant");
    };
    const close = () => {
      panel.replaceChildren();
      mark(null);
      input.setAttribute("aria-expanded", "false");
    };
    const choose = (item) => {
      for (const [name, value] of Object.entries(item.dataset)) {
        if (form.elements[name]) form.elements[name].value = value;
      }
      const note = form.querySelector("[data-company-note]");
      if (note) note.textContent = holder.dataset.companyFilled;
      close();
    };

    input.addEventListener("keydown", (event) => {
      const all = items();
      if (event.isComposing || !all.length) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        const step = event.key === "ArrowDown" ? 1 : -1;
        const from = all.indexOf(current());
        mark(all[from < 0 ? (step > 0 ? 0 : all.length - 1) : (from + step + all.length) % all.length]);
        event.preventDefault();
      } else if (event.key === "Enter" && current()) {
        choose(current());
        event.preventDefault();
      } else if (event.key === "Escape") {
        close();
        event.preventDefault();
      }
    });
    panel.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    panel.addEventListener("click", (event) => {
      const item = event.target.closest("[role=option]");
      if (item) choose(item);
    });
    input.addEventListener("blur", close);
    panel.addEventListener("htmx:afterSwap", () => {
      if (document.activeElement !== input) close();
      else input.setAttribute("aria-expanded", String(items().length > 0));
    });
  };
  document.addEventListener("DOMContentLoaded", () => {
    for (const holder of document.querySelectorAll("[data-company]")) start(holder);
  });
})();
