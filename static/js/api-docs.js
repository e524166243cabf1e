// Opens the description of the API named by `data-schema` in Swagger UI. Nothing is kept in the browser.
const place = document.getElementById("swagger-ui");
const scheme = document.querySelector("meta[name=color-scheme]").content;
const prefersDark = matchMedia("(prefers-color-scheme: dark)");

function darken() {
  document.documentElement.classList.toggle("dark-mode", scheme === "dark" || (scheme !== "light" && prefersDark.matches));
}

darken();
prefersDark.addEventListener("change", darken);
SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  persistAuthorization: false,
  validatorUrl: null,
  requestInterceptor: (request) => Object.assign(request, { credentials: "omit" }),
});
