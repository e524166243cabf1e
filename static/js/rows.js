// Rows to type in: as many as are needed, and keys for those who never use the mouse. [data-rows] is the form, [data-row]
// a row of its table; Enter goes on and adds a row at the end, arrows go up and down in cells of class .amount, Ctrl+S
// presses the first button. A row that was added is told by the event “row-added”.
(() => {
  const KEPT = 5;
  const form = document.querySelector("[data-rows]");
  if (!form) return;
  const body = form.querySelector("tbody");
  const rows = () => [...body.querySelectorAll("[data-row]")];
  const cells = () => [...body.querySelectorAll("input, select")];
  const blank = (row) => [...row.querySelectorAll("input")].every((cell) => !cell.value.trim());
  const add = () => {
    const row = body.lastElementChild.cloneNode(true);
    const number = String(rows().length + 1);
    row.classList.remove("row-wrong");
    row.querySelectorAll(".error").forEach((error) => error.remove());
    row.querySelectorAll("input, select").forEach((cell) => {
      cell.value = "";
      cell.removeAttribute("aria-invalid");
      cell.removeAttribute("aria-describedby");
      cell.setAttribute("aria-label", cell.getAttribute("aria-label").replace(/\d+$/, number));
    });
    row.querySelector(".place").textContent = number;
    body.append(row);
    row.dispatchEvent(new CustomEvent("row-added", { bubbles: true }));
    return row;
  };
  const onward = (cell) => {
    const all = cells();
    (all[all.indexOf(cell) + 1] ?? add().querySelector("input")).focus();
  };

  while (rows().length > KEPT && blank(body.lastElementChild)) body.lastElementChild.remove();
  body.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.ctrlKey) {
      event.preventDefault();
      onward(event.target);
    } else if (["ArrowDown", "ArrowUp"].includes(event.key) && event.target.matches(".amount")) {
      event.preventDefault();
      const row = event.target.closest("[data-row]");
      const next = event.key === "ArrowDown" ? row.nextElementSibling ?? add() : row.previousElementSibling;
      next?.querySelector(`[name="${event.target.name}"]`)?.focus();
    }
  });
  form.querySelector("[data-add-row]").addEventListener("click", () => add().querySelector("input").focus());
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      form.querySelector("button.button-primary").click();
    }
  });
  if (!form.querySelector(".error-summary")) form.querySelector("input[list]")?.focus();
})();
