/** Starts Swagger UI with the page's documents, and adds the accessible names that it lacks. */
import SwaggerUI from 'swagger-ui-dist/swagger-ui-bundle.js';
import StandalonePreset from 'swagger-ui-dist/swagger-ui-standalone-preset.js';

const reference = document.getElementById('reference') as HTMLElement;
const documents = JSON.parse(reference.dataset['documents'] ?? '[]') as {
  name: string;
  url: string;
}[];

/** Labels for fields without one, by selector. English, like all of Swagger UI. */
const NAMES = {
  '.servers select': 'Server',
  '.examples-select-element': 'Example',
  '.body-param__text': 'Request body',
  '.parameters input': 'Value',
  '.copy-to-clipboard button': 'Copy',
  '.auth-container input': 'Value',
};

/** Makes scrolling areas focusable, and labels fields. */
function addLabels(): void {
  for (const [selector, name] of Object.entries(NAMES)) {
    for (const field of reference.querySelectorAll(`:is(${selector}):not([aria-label])`)) {
      field.setAttribute('aria-label', name);
    }
  }
  for (const code of reference.querySelectorAll<HTMLElement>('pre:not([tabindex])')) {
    code.tabIndex = 0;
  }
}

new MutationObserver(addLabels).observe(reference, { childList: true, subtree: true });

SwaggerUI({
  domNode: reference,
  urls: documents,
  layout: 'StandaloneLayout',
  presets: [SwaggerUI.presets.apis, StandalonePreset],
  // Its logo contains a style element, which the page's CSP blocks.
  plugins: [() => ({ components: { Logo: () => null } })],
  // No request goes to another host.
  validatorUrl: null,
  tryItOutEnabled: true,
});
