/** Starts Swagger UI over the documents that the page names. */
import SwaggerUI from 'swagger-ui-dist/swagger-ui-bundle.js';
import StandalonePreset from 'swagger-ui-dist/swagger-ui-standalone-preset.js';

const reference = document.getElementById('reference');
const documents = JSON.parse(reference?.dataset['documents'] ?? '[]') as {
  name: string;
  url: string;
}[];

SwaggerUI({
  domNode: reference,
  urls: documents,
  deepLinking: true,
  layout: 'StandaloneLayout',
  presets: [SwaggerUI.presets.apis, StandalonePreset],
  // Its logo brings a style element along, which the page's policy does not let in.
  plugins: [() => ({ components: { Logo: () => null } })],
  // Nothing is asked of any other host.
  validatorUrl: null,
  tryItOutEnabled: true,
});
