// A subject typed by a part of its name or by initials becomes the one that it can mean, in fields with list="subjects".
(() => {
  const subjects = [...document.querySelectorAll("#subjects option")];
  const code = (one) => one.value.split(" ", 1)[0];
  const meant = (text) => {
    const typed = text.trim().toLowerCase();
    if (!typed) return text;
    const exact = subjects.filter((one) => [code(one), one.dataset.name.toLowerCase(), one.dataset.initials].includes(typed));
    const near = (one) => one.value.toLowerCase().includes(typed) || one.dataset.initials.startsWith(typed);
    const found = exact.length ? exact : subjects.filter(near);
    return found.length === 1 ? found[0].value : text;
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches?.('[list="subjects"]')) event.target.value = meant(event.target.value);
  }, true);
})();
