// Starts Swagger UI without its bar, so without its logo and the field for other documents.
const withLocalCookie = (spec) => {
  const session = spec.components.securitySchemes.session;
  if (location.protocol === "http:") session.name = "trilho";
  session.description =
    "Log in with `POST /v1/sessions` instead; the browser then keeps the session. " + session.description;
  return spec;
};

// A write with a session needs this header. No other website can use it, because this page sends
// requests to its own origin only.
const addWriteHeader = (request) => {
  const isOwn = new URL(request.url, location.href).origin === location.origin;
  if (isOwn && request.method !== "GET") request.headers["X-Requested-With"] = "trilho";
  return request;
};

window.onload = async () => {
  const answer = await fetch("/openapi.json");
  window.ui = SwaggerUIBundle({
    spec: withLocalCookie(await answer.json()),
    dom_id: "#swagger-ui",
    presets: [SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
    deepLinking: true,
    defaultModelsExpandDepth: 0,
    docExpansion: "none",
    requestInterceptor: addWriteHeader,
    tryItOutEnabled: true,
    validatorUrl: "none",
  });
};
