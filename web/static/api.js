// The description of the API, drawn by Swagger UI, which Flask-RESTX brings along.
"use strict";

const description = document.getElementById("description");
SwaggerUIBundle({ url: description.dataset.specs, domNode: description, validatorUrl: null });
