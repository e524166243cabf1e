// What htmx could not do is said on the page: the server's own notice, or a sentence when it never answered.
(() => {
  const offline = () => {
    const place = document.getElementById("messages");
    const note = document.getElementById("note-offline");
    if (!place || !note) return;
    place.replaceChildren(note.content.cloneNode(true));
    place.scrollIntoView({ block: "center" });
  };
  document.addEventListener("htmx:sendError", offline);
  document.addEventListener("htmx:timeout", offline);
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status > 500) offline();
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id === "messages" && event.target.childElementCount) event.target.scrollIntoView({ block: "center" });
  });
})();
