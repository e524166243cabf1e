// A button in every password field shows what was typed, until the form is sent.
(() => {
  const words = document.currentScript.dataset;
  const add = (input) => {
    const holder = document.createElement("span");
    const button = document.createElement("button");
    holder.className = "reveal";
    button.type = "button";
    button.className = "button button-link small";
    button.setAttribute("aria-controls", input.id);
    const draw = () => {
      const shown = input.type === "text";
      button.textContent = shown ? words.hide : words.show;
      button.setAttribute("aria-pressed", String(shown));
    };
    button.addEventListener("click", () => {
      input.type = input.type === "password" ? "text" : "password";
      draw();
      input.focus();
    });
    input.form?.addEventListener("submit", () => {
      input.type = "password"; // so that no browser offers to fill it in elsewhere
      draw();
    });
    input.replaceWith(holder);
    holder.append(input, button);
    draw();
  };
  document.addEventListener("DOMContentLoaded", () => {
    for (const input of document.querySelectorAll("input[type=password]")) add(input);
  });
})();
