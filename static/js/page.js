// Small conveniences: [data-copy] copies, [data-dismiss] closes its notice, [data-back] goes back keeping what was typed,
// [data-print] prints.
(() => {
  const copy = async (holder) => {
    try {
      await navigator.clipboard.writeText(holder.dataset.copy);
    } catch {
      const area = document.createElement("textarea");
      area.value = holder.dataset.copy;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    holder.classList.add("is-copied");
    setTimeout(() => holder.classList.remove("is-copied"), 1600);
  };

  // In a navigation longer than the screen, the current page is in sight.
  const here = document.querySelector(".side [aria-current]");
  const side = here?.closest(".side");
  if (side && here.offsetTop + here.offsetHeight > side.clientHeight) side.scrollTop = here.offsetTop - side.clientHeight / 2;

  document.addEventListener("click", (event) => {
    const target = event.target.closest?.("[data-copy] button, [data-dismiss], [data-back], [data-print]");
    if (!target) return;
    if (target.matches("[data-dismiss]")) {
      target.closest(".notice").remove();
    } else if (target.matches("[data-print]")) {
      window.print();
    } else if (target.matches("[data-back]")) {
      const here = document.referrer && new URL(document.referrer).origin === location.origin;
      if (here && history.length > 1) {
        event.preventDefault();
        history.back();
      }
    } else {
      copy(target.closest("[data-copy]"));
    }
  });
})();
