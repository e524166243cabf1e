// The rows of a voucher, as they are needed, for those who never use the mouse: Enter goes on, arrows go up and down,
// Ctrl+Enter and Ctrl+Shift+Enter insert a row, Ctrl+D duplicates and Ctrl+Delete deletes one, as a row's buttons do.
(() => {
  const KEPT = matchMedia("(max-width: 37.5rem)").matches ? 2 : 5;
  const form = document.querySelector("[data-voucher]");
  if (!form) return;
  const body = form.querySelector("tbody");
  const rows = () => [...body.querySelectorAll("[data-row]")];
  const cells = () => [...body.querySelectorAll("input")];
  const blank = (row) => [...row.querySelectorAll("input")].every((cell) => !cell.value.trim());
  const count = () => body.dispatchEvent(new Event("input")); // as if something had been typed
  const clean = (row) => {
    row.classList.remove("row-wrong");
    row.querySelectorAll(".error").forEach((error) => error.remove());
    row.querySelectorAll("input").forEach((cell) => {
      cell.removeAttribute("aria-invalid");
      cell.removeAttribute("aria-describedby");
      cell.removeAttribute("autofocus");
    });
    return row;
  };
  const empty = (row) => {
    row.querySelectorAll("input").forEach((cell) => { cell.value = ""; });
    return row;
  };
  const renumber = () => rows().forEach((row, place) => {
    const number = String(place + 1);
    row.querySelector(".place").textContent = number;
    row.querySelectorAll("[aria-label]").forEach((one) => one.setAttribute("aria-label", one.getAttribute("aria-label").replace(/\d+$/, number)));
    row.querySelectorAll("[name=row]").forEach((tool) => { tool.value = tool.value.replace(/\d+$/, number); });
  });
  const put = (made, row, where) => {
    row[where](made);
    renumber();
    count();
    return made;
  };
  const first = (row) => row.querySelector("input").focus();
  const add = () => put(empty(clean(body.lastElementChild.cloneNode(true))), body.lastElementChild, "after");
  const tools = {
    above: (row) => first(put(empty(clean(row.cloneNode(true))), row, "before")),
    below: (row) => first(put(empty(clean(row.cloneNode(true))), row, "after")),
    copy: (row) => first(put(clean(row.cloneNode(true)), row, "after")),
    delete: (row) => {
      const next = row.nextElementSibling ?? row.previousElementSibling;
      if (!next) {
        empty(clean(row));
        count();
        return first(row);
      }
      row.remove();
      renumber();
      count();
      first(next);
    },
  };
  const key = (event) => {
    if (!(event.ctrlKey || event.metaKey)) return null;
    if (event.key === "Enter") return event.shiftKey ? "above" : "below";
    return { d: "copy", Delete: "delete" }[event.key] ?? null;
  };
  const onward = (cell, step) => {
    const all = cells();
    const next = all[all.indexOf(cell) + step];
    if (next) return next.focus();
    if (step > 0) add().querySelector("input").focus();
  };

  body.querySelectorAll("[name=row]").forEach((tool) => { tool.tabIndex = -1; }); // keys do the same
  while (rows().length > KEPT && blank(body.lastElementChild)) body.lastElementChild.remove();
  body.addEventListener("click", (event) => {
    const tool = event.target.closest("[name=row]");
    if (!tool) return;
    event.preventDefault();
    tools[tool.value.split("-", 1)[0]](tool.closest("[data-row]"));
  });
  body.addEventListener("keydown", (event) => {
    if (key(event)) {
      event.preventDefault();
      tools[key(event)](event.target.closest("[data-row]"));
    } else if (event.key === "Enter" && !event.ctrlKey && event.target.matches("input")) {
      event.preventDefault();
      onward(event.target, 1);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && event.target.name !== "subject") {
      const row = event.target.closest("[data-row]");
      const next = event.key === "ArrowDown" ? row.nextElementSibling ?? add() : row.previousElementSibling;
      next?.querySelector(`[name="${event.target.name}"]`)?.focus();
      event.preventDefault();
    }
  });
  form.querySelector("[data-add-row]").addEventListener("click", () => add().querySelector("input").focus());
  if (!form.querySelector(".error-summary, [autofocus]")) cells()[0]?.focus();
})();
