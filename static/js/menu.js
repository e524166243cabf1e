// details.menu: one open at a time, closed by Esc (focus goes back) or by a click elsewhere; arrows walk through it.
(() => {
  const open = () => [...document.querySelectorAll("details.menu[open]")];

  document.addEventListener("click", (event) => {
    for (const menu of open()) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  document.addEventListener("toggle", (event) => {
    const menu = event.target;
    if (!(menu instanceof HTMLDetailsElement) || !menu.matches(".menu") || !menu.open) return;
    for (const other of open()) {
      if (other !== menu && !other.contains(menu)) other.open = false;
    }
  }, true);

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      for (const menu of open()) {
        menu.open = false;
        if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
      }
      if (location.hash === "#nav") {
        location.replace("#main");
        document.querySelector(".nav-open")?.focus();
      }
      return;
    }
    const menu = event.target.closest?.("details.menu[open]");
    if (!menu || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
    const stops = [...menu.querySelectorAll("summary, .menu-panel a, .menu-panel button")];
    const step = event.key === "ArrowDown" ? 1 : -1;
    const next = stops[(stops.indexOf(document.activeElement) + step + stops.length) % stops.length];
    next?.focus();
    event.preventDefault();
  });
})();
