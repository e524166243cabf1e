// Typing a voucher: sums and the difference while typing, rows as they are needed, keys for those who never use the mouse.
// [data-voucher] is the form, [data-row] a row; Enter goes on, “=” takes what is missing, Ctrl+S saves.
(() => {
  const KEPT = matchMedia("(max-width: 37.5rem)").matches ? 2 : 5;
  const fen = (text) => {
    const plain = text.replace(/[,\s¥]/g, "").replace("−", "-");
    return /^[-+]?\d{1,13}(\.\d{0,2})?$/.test(plain) ? BigInt(Math.round(Number(plain) * 100)) : 0n;
  };
  const shown = (amount) => {
    const digits = String(amount < 0n ? -amount : amount).padStart(3, "0");
    const yuan = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",");
    return `${amount < 0n ? "−" : ""}${yuan}.${digits.slice(-2)}`;
  };

  const form = document.querySelector("[data-voucher]");
  if (!form) return;
  const body = form.querySelector("tbody");
  const rows = () => [...body.querySelectorAll("[data-row]")];
  const cells = () => [...body.querySelectorAll("input")];
  const blank = (row) => [...row.querySelectorAll("input")].every((cell) => !cell.value.trim());
  const sum = (name) => [...body.querySelectorAll(`[name="${name}"]`)].reduce((total, cell) => total + fen(cell.value), 0n);

  const count = () => {
    const [debit, credit] = [sum("debit"), sum("credit")];
    form.querySelector('[data-sum="debit"]').textContent = shown(debit);
    form.querySelector('[data-sum="credit"]').textContent = shown(credit);
    const note = form.querySelector("[data-difference]");
    const equal = debit === credit;
    note.classList.toggle("is-equal", equal && debit !== 0n);
    const gap = debit > credit ? debit - credit : credit - debit;
    note.textContent = equal ? (debit === 0n ? "" : note.dataset.equal) : `${note.dataset.difference} ${shown(gap)}`;
  };
  const add = () => {
    const row = body.lastElementChild.cloneNode(true);
    row.classList.remove("row-wrong");
    row.querySelectorAll(".error").forEach((error) => error.remove());
    const number = rows().length + 1;
    row.querySelectorAll("input").forEach((cell) => {
      cell.value = "";
      cell.removeAttribute("aria-invalid");
      cell.removeAttribute("aria-describedby");
      cell.setAttribute("aria-label", cell.getAttribute("aria-label").replace(/\d+$/, String(number)));
    });
    row.querySelector(".place").textContent = String(number);
    body.append(row);
    return row;
  };
  const onward = (cell, step) => {
    const all = cells();
    const next = all[all.indexOf(cell) + step];
    if (next) return next.focus();
    if (step > 0) add().querySelector("input").focus();
  };
  const follow = (row) => {
    const above = row.previousElementSibling?.querySelector('[name="summary"]')?.value ?? "";
    const own = row.querySelector('[name="summary"]');
    if (!own.value && above && row.querySelector('[name="subject"]').value) own.value = above;
  };

  while (rows().length > KEPT && blank(body.lastElementChild)) body.lastElementChild.remove();
  count();
  body.addEventListener("input", (event) => {
    const row = event.target.closest("[data-row]");
    const other = { debit: "credit", credit: "debit" }[event.target.name];
    if (other && event.target.value.includes("=")) {
      event.target.value = "";
      const missing = event.target.name === "debit" ? sum("credit") - sum("debit") : sum("debit") - sum("credit");
      event.target.value = missing === 0n ? "" : shown(missing).replaceAll(",", "").replace("−", "-");
    }
    if (other && event.target.value.trim()) row.querySelector(`[name="${other}"]`).value = "";
    count();
  });
  body.addEventListener("change", (event) => {
    follow(event.target.closest("[data-row]"));
  });
  body.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.ctrlKey && event.target.matches("input")) {
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
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      form.querySelector("button.button-primary").click();
    }
  });
  if (!form.querySelector(".error-summary")) cells()[0]?.focus();
})();
