/**
 * A contract's OpenAPI 3.1 document: operations from their table, requests from the schemas that
 * validate them, answers from the schemas the contract publishes, and examples from what the contract
 * really reads and answers.
 */
import { createDocument, type ZodOpenApiPathsObject } from 'zod-openapi';
import type { AnyRoute, Contract } from '../../src/contracts/contract.ts';
import { endpointsOf } from '../../src/http/contract-operations.ts';
import { browserFacts } from './browser-facts.ts';
import { describeDocument, describeEndpoint } from './endpoint.ts';
import type { Golden } from './requests.ts';
import { securitySchemes } from './security.ts';

/** `login`: the golden logins; null: the example is made from the contract alone. */
export function openApiDocument(contract: Contract, login: Golden | null) {
  const paths: ZodOpenApiPathsObject = {};
  const add = (path: string, method: string, operation: object) => {
    const template = path.replaceAll(/\/:(\w+)/g, '/{$1}');
    paths[template] = { ...paths[template], [method.toLowerCase()]: operation };
  };
  for (const routes of endpointsOf(contract)) {
    const [{ method, path }] = routes as [AnyRoute];
    add(path, method, describeEndpoint({ contract, routes }, login));
  }
  for (const document of contract.documents) {
    add(document.path, 'get', describeDocument(contract, document));
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: contract.title,
      version: '1.0.0',
      description: browserFacts(contract),
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [
      { url: `/${contract.name}`, description: 'Under its own name' },
      { url: '/', description: 'On bare paths, if this contract answers them' },
    ],
    tags: [{ name: 'auth', description: 'Sign-in, sessions and accounts' }],
    security: [],
    paths,
    components: {
      securitySchemes: securitySchemes(contract),
    },
  });
}
