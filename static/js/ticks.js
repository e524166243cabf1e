// [data-tick-all] ticks every row of its table.
document.addEventListener("change", (event) => {
  if (!event.target.matches?.("[data-tick-all]")) return;
  const table = event.target.closest("table");
  table.querySelectorAll('input[type="checkbox"][name]').forEach((box) => { box.checked = event.target.checked; });
});
