// Typing a voucher: sums and the difference while typing. [data-voucher] is the form, [data-row] a row;
// “=” takes what is missing, Ctrl+S saves. Rows are the part of voucher_rows.js.
(() => {
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
  const follow = (row) => {
    const above = row.previousElementSibling?.querySelector('[name="summary"]')?.value ?? "";
    const own = row.querySelector('[name="summary"]');
    if (!own.value && above && row.querySelector('[name="subject"]').value) own.value = above;
  };

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
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      form.querySelector("button.button-primary").click();
    }
  });
})();
