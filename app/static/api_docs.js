// Shows the OpenAPI document; what is tried out from the page goes as the person who is signed in.
const main = document.getElementById("swagger-ui");
const csrfToken = document.querySelector("meta[name=csrf-token]").content;

window.SwaggerUIBundle({
  url: main.dataset.document,
  domNode: main,
  deepLinking: true,
  validatorUrl: null,
  requestInterceptor: (request) => {
    request.headers["X-CSRFToken"] = csrfToken;
    return request;
  },
});
