// The API's page: swagger-ui over our own document. It asks no validator elsewhere, and keeps no token.
"use strict";

(() => {
  const page = document.getElementById("reference");
  SwaggerUIBundle({
    url: page.dataset.document,
    domNode: page,
    presets: [SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
    deepLinking: true,
    validatorUrl: null,
    persistAuthorization: false,
  });
})();
