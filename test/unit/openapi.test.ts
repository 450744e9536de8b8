/** The OpenAPI documents: all of the grammar is published, and the examples keep to the schemas. */
import { Validator, type Schema } from '@cfworker/json-schema';
import { describe, expect, it } from 'vitest';
import { openApiDocument } from '../../tools/openapi/document.ts';
import { madeUp } from '../fixtures/made-up-contract.ts';
import { knownContracts } from '../support/contract-cases.ts';

interface Media {
  schema: Schema;
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}
interface Body {
  required?: boolean;
  content?: Record<string, Media>;
}
interface Operation {
  operationId: string;
  security: object[];
  'x-operations'?: { operation: string; when: object }[];
  parameters?: { name: string; in: string; required: boolean; schema: object; example?: string }[];
  requestBody?: Body;
  responses: Record<string, Body>;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; securitySchemes: object };
}

const documentOf = (contract: (typeof knownContracts)[number]) =>
  openApiDocument(contract, null) as unknown as Document;

describe.each([...knownContracts, madeUp])('the document of $name', (contract) => {
  const { paths, components } = documentOf(contract);
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));

  it('names every operation once', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has an example of every body, which fits its schema', () => {
    for (const { operationId, requestBody, responses } of operations) {
      for (const { content = {} } of [...Object.values(responses), requestBody ?? {}]) {
        const [media] = Object.values(content);
        if (media === undefined) continue;
        const { schema, example, examples = {} } = media;
        const shown = [
          ...(example === undefined ? [] : [example]),
          ...Object.values(examples).map(({ value }) => value),
        ];
        expect([operationId, shown.length > 0]).toEqual([operationId, true]);
        const validator = new Validator({ ...schema, components } as Schema, '2020-12');
        for (const each of shown) {
          expect([operationId, each, validator.validate(each).errors]).toEqual([
            operationId,
            each,
            [],
          ]);
        }
      }
    }
  });
});

describe('a contract that uses all of the grammar', () => {
  const { paths, components } = documentOf(madeUp);
  const operationAt = (method: string, path: string): Operation => {
    const operation = paths[path]?.[method];
    if (operation === undefined) throw new Error(`no ${method} ${path}`);
    return operation;
  };
  const token = operationAt('post', '/realms/{realm}/token');
  const logout = operationAt('post', '/logout');

  it('has one operation object for all that stands at a path', () => {
    expect(token.operationId).toBe('login-2-or-refresh');
    expect(token['x-operations']).toEqual([
      { operation: 'login', when: { body: { grant_type: 'password' } } },
      { operation: 'login', when: { body: { grant_type: null } } },
      { operation: 'refresh', when: { body: { grant_type: 'refresh_token' } } },
    ]);
    expect(operationAt('post', '/users/login')).not.toHaveProperty('x-operations');
    expect(operationAt('delete', '/sessions').operationId).toBe('logout-all-2');
  });

  it('publishes bodies under their media types, with the tags that tell them apart', () => {
    expect(token.requestBody?.content?.['application/x-www-form-urlencoded']).toEqual({
      schema: {
        anyOf: [
          { $ref: '#/components/schemas/LoginRequest2' },
          { $ref: '#/components/schemas/RefreshRequest' },
        ],
      },
      examples: {
        login: {
          summary: 'Sign in',
          value: { grant_type: 'password', user: 'john@example.com', password: 'MySecure123!' },
        },
        refresh: {
          summary: 'Trade the refresh token for new tokens',
          value: { grant_type: 'refresh_token', refresh_token: expect.any(String) },
        },
      },
    });
    const { LoginRequest2: login, RefreshRequest: refresh } = components.schemas;
    expect(login?.properties?.['grant_type']).toEqual({ type: 'string', const: 'password' });
    expect(login?.required).toEqual(['user', 'password']);
    expect(refresh?.properties?.['grant_type']).toEqual({ type: 'string', const: 'refresh_token' });
    expect(refresh?.required).toEqual(['grant_type', 'refresh_token']);
    const changed = operationAt('put', '/me').requestBody?.content;
    expect(Object.keys(changed ?? {})).toEqual(['application/x-amz-json-1.1']);
    expect(logout.requestBody?.required).toBe(false);
  });

  it('publishes what stands in paths, queries and headers', () => {
    expect(token.parameters).toEqual([
      {
        name: 'realm',
        in: 'path',
        required: true,
        schema: { type: 'string' },
        example: 'gatehouse',
      },
    ]);
    expect(logout.parameters).toEqual([
      {
        name: 'scope',
        in: 'query',
        required: false,
        description:
          '`local`: End this session; `global`: End all sessions of this user; absent: End all sessions of this user',
        schema: { type: 'string', enum: ['local', 'global'] },
        example: 'local',
      },
      {
        name: 'X-Version',
        in: 'header',
        required: false,
        description: 'absent: End this session',
        schema: { type: 'string' },
      },
    ]);
  });

  it('publishes how tokens travel', () => {
    expect(components.securitySchemes).toEqual({
      token: {
        type: 'http',
        description: 'Access token, in the header `Authorization: Token`',
        scheme: 'token',
      },
    });
    expect(operationAt('get', '/me').security).toEqual([{ token: [] }]);
    expect(logout.security).toEqual([{ token: [] }, {}]);
    expect(token.security).toEqual([]);
    const bare = { ...madeUp, access: { in: 'header', name: 'X-Token', scheme: null } } as const;
    expect(documentOf(bare).components.securitySchemes).toEqual({
      accessToken: {
        type: 'apiKey',
        in: 'header',
        name: 'X-Token',
        description: 'Access token, in the header `X-Token`',
      },
    });
  });

  it('publishes the refusals of single operations, with the statuses of variants', () => {
    const refused = (operation: Operation) =>
      Object.fromEntries(
        Object.entries(operation.responses)
          .filter(([status]) => status >= '400')
          .map(([status, { content }]) => [
            status,
            Object.keys(content?.['application/json']?.examples ?? {}),
          ]),
      );
    const rest = { '429': ['locked', 'busy', 'limited'], '500': ['internal'] };
    expect(refused(token)).toEqual({
      '400': ['malformed', 'unknown-variant', 'unauthenticated'],
      '401': ['invalid'],
      '403': ['second-factor-required', 'enrolment-required', 'inactive', 'cross-site', 'insecure'],
      '423': ['locked-until-reset'],
      ...rest,
    });
    expect(refused(operationAt('put', '/me'))).toEqual({
      '400': ['malformed'],
      '401': ['unauthenticated', 'invalid'],
      '403': ['reauthentication-required', 'insecure'],
      '422': ['weak-password'],
      '423': ['locked-until-reset'],
      ...rest,
    });
    expect(token.responses['400']?.content?.['application/json']?.examples).toMatchObject({
      unauthenticated: { value: { error: 'invalid_grant' } },
    });
  });

  it('publishes its documents, as operations of none of its accounts', () => {
    const document = operationAt('get', '/realms/{realm}/.well-known/configuration');
    expect(document).toMatchObject({
      operationId: 'realms-well-known-configuration',
      security: [],
      'x-operations': [],
      parameters: [{ name: 'realm', example: 'gatehouse' }],
    });
    expect(document.responses['200']?.content?.['application/json']?.example).toMatchObject({
      issuer: 'https://gatehouse.example',
      realm: 'gatehouse',
    });
  });
});
