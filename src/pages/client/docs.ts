/** Starts Swagger UI over the documents that the page names, and names what it leaves nameless. */
import SwaggerUI from 'swagger-ui-dist/swagger-ui-bundle.js';
import StandalonePreset from 'swagger-ui-dist/swagger-ui-standalone-preset.js';

const reference = document.getElementById('reference') as HTMLElement;
const documents = JSON.parse(reference.dataset['documents'] ?? '[]') as {
  name: string;
  url: string;
}[];

/** Fields without a label, by what finds them. Swagger UI's own words are English, so are these. */
const NAMES = {
  '.servers select': 'Server',
  '.examples-select-element': 'Example',
  '.body-param__text': 'Request body',
  '.parameters input': 'Value',
  '.copy-to-clipboard button': 'Copy',
  '.auth-container input': 'Value',
};

/** What scrolls must be reachable by keyboard, and what is filled in must have a name. */
function mend(): void {
  for (const [selector, name] of Object.entries(NAMES)) {
    for (const field of reference.querySelectorAll(`:is(${selector}):not([aria-label])`)) {
      field.setAttribute('aria-label', name);
    }
  }
  for (const code of reference.querySelectorAll<HTMLElement>('pre:not([tabindex])')) {
    code.tabIndex = 0;
  }
}

new MutationObserver(mend).observe(reference, { childList: true, subtree: true });

SwaggerUI({
  domNode: reference,
  urls: documents,
  layout: 'StandaloneLayout',
  presets: [SwaggerUI.presets.apis, StandalonePreset],
  // Its logo brings a style element along, which the page's policy does not let in.
  plugins: [() => ({ components: { Logo: () => null } })],
  // Nothing is asked of any other host.
  validatorUrl: null,
  tryItOutEnabled: true,
});
