// A stock document while it is typed: amounts, tax and sums, computed in fen as they will be saved; price, rate and stock of
// the chosen good. [data-stock] is the form, its data-usual the rate of goods that name none; options of #goods say the rest.
(() => {
  const form = document.querySelector("[data-stock]");
  if (!form) return;
  const body = form.querySelector("tbody");
  const rows = () => [...body.querySelectorAll("[data-row]")];
  const cell = (row, name) => row.querySelector(`[name="${name}"]`);
  const code = (text) => text.trim().split(/\s/, 1)[0];
  const goods = new Map([...form.querySelectorAll("#goods option")].map((one) => [code(one.value), one.dataset]));
  const chosen = (row) => goods.get(code(cell(row, "good").value));

  // Figures with up to four places as whole numbers.
  const whole = (text) => {
    const plain = text.normalize("NFKC").replace(/[\s¥]/g, "");
    if (!/^\d{1,12}(\.\d{0,4})?$/.test(plain)) return 0n;
    const [before, after = ""] = plain.split(".");
    return BigInt(before + after.padEnd(4, "0"));
  };
  const rounded = (amount, by) => (amount + by / 2n) / by;
  const shown = (fen) => {
    const digits = String(fen).padStart(3, "0");
    return `${digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",")}.${digits.slice(-2)}`;
  };
  const put = (place, text) => { if (place) place.textContent = text; };

  const figures = (row) => {
    const good = chosen(row);
    const price = cell(row, "price").value.trim() || good?.price || "";
    const amount = rounded(whole(cell(row, "quantity").value) * whole(price), 1000000n);
    const select = cell(row, "rate");
    const rate = select ? BigInt(select.value || good?.rate || form.dataset.usual) : 0n;
    return [amount, rounded(amount * rate, 100n)];
  };
  const count = () => {
    const sums = [0n, 0n];
    rows().forEach((row) => figures(row).forEach((figure, place) => {
      sums[place] += figure;
      put(row.querySelector(place ? "[data-tax]" : "[data-amount]"), figure ? shown(figure) : "");
    }));
    put(form.querySelector('[data-sum="amount"]'), shown(sums[0]));
    put(form.querySelector('[data-sum="tax"]'), shown(sums[1]));
    put(form.querySelector('[data-sum="whole"]'), shown(sums[0] + sums[1]));
  };
  const hint = (row) => {
    const good = chosen(row);
    const place = row.querySelector("[data-hint]");
    put(place, good ? `${place.dataset.heldWord} ${good.held} ${good.unit}` : "");
    cell(row, "price").placeholder = good?.price ?? "";
    const usual = row.querySelector('[name="rate"] option[value=""]');
    put(usual, `${good?.rate ?? form.dataset.usual}%`);
  };

  rows().forEach(hint);
  count();
  body.addEventListener("input", (event) => {
    if (event.target.name === "good") hint(event.target.closest("[data-row]"));
    count();
  });
  body.addEventListener("change", count);
  body.addEventListener("row-added", (event) => hint(event.target));
})();
