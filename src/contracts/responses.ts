/** Bodies and their schemas: the means that contracts describe their responses with. */
import * as z from 'zod/mini';
import type { User } from '../flows/model/user.ts';
import type { Contract } from './contract.ts';
import type { JsonPath, WireContext, WireHeaders, WireResponse } from './wire.ts';

/** The fields of a body, by name. */
export type Fields = Record<string, z.ZodMiniType>;

/** One body: its schema, and the renderer whose result the schema types. */
export interface Body<T, F extends Fields> {
  /** Called for the OpenAPI document only. */
  schema(): F;
  render(value: T, context: WireContext): z.infer<z.ZodMiniObject<F>>;
}

/** A user with the identifier that the contract found it by, which is therefore not null. */
export type UserNamedBy<K extends Contract['identifier']> = User & { readonly [F in K]: string };

/** Makes a value when it is first asked for: schemas for documents are never made in the Worker. */
export function lazy<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** A response with a body; `id`: the component's name in the OpenAPI document. */
export function bodyResponse<T, F extends Fields>(
  id: string,
  { schema, render }: Body<T, F>,
  {
    status = 200,
    headers,
    envelope = noEnvelope,
  }: { status?: number; headers?(value: T): WireHeaders; envelope?: Envelope } = {},
): WireResponse<T> {
  return {
    schema: lazy(() => envelope.schema(schema()).check(z.meta({ id }))),
    render: (value, context) => ({
      status,
      body: envelope.wrap(render(value, context)),
      headers: headers?.(value) ?? {},
    }),
  };
}

/** A response without a body. */
export const emptyResponse = (status: number): WireResponse<unknown> => ({
  schema: null,
  render: () => ({ status, body: null }),
});

/** A part of bodies, with a name of its own in the OpenAPI document. */
export function component<T, F extends Fields>(
  id: string,
  fields: () => F,
  render: (value: T) => z.infer<z.ZodMiniObject<F>>,
) {
  return { schema: lazy(() => z.object(fields()).check(z.meta({ id }))), render };
}

/** A response whose body is a bare list. `id`: the component's name in the OpenAPI document. */
export function listResponse<T, F extends Fields>(
  id: string,
  { schema, render }: ReturnType<typeof component<T, F>>,
): WireResponse<readonly T[]> {
  return {
    schema: lazy(() => z.array(schema()).check(z.meta({ id }))),
    render: (values) => ({ status: 200, body: values.map((value) => render(value)) }),
  };
}

/** The object that all successful bodies of a contract are put in. */
export interface Envelope {
  /** The way to the data inside. */
  path: JsonPath;
  schema(fields: Fields): z.ZodMiniType;
  wrap(data: object): Record<string, unknown>;
  /** True: a response without data is still an envelope; false: it has no body (204). */
  wrapsEmpty: boolean;
}

export const noEnvelope: Envelope = {
  path: [],
  schema: (fields) => z.object(fields),
  wrap: (data) => ({ ...data }),
  wrapsEmpty: false,
};

/** `{ "success": true, "data": { … } }` */
export const dataEnvelope: Envelope = {
  path: ['data'],
  schema: (fields) => z.object({ success: z.literal(true), data: z.object(fields) }),
  wrap: (data) => ({ success: true, data }),
  wrapsEmpty: true,
};

/** `{ "success": true, … }` */
export const successEnvelope: Envelope = {
  path: [],
  schema: (fields) => z.object({ success: z.literal(true), ...fields }),
  wrap: (data) => ({ success: true, ...data }),
  wrapsEmpty: true,
};

/** Copies the properties whose names on the wire are those of the model. */
export function pick<T, K extends keyof T>(value: T, ...names: K[]): Pick<T, K> {
  return Object.fromEntries(names.map((name) => [name, value[name]])) as Pick<T, K>;
}

/** Text in a format of JSON Schema. Zod's own formats would bring their patterns to the Worker. */
export const formatted = (format: 'date-time' | 'uuid', description?: string) =>
  z.string().check(z.meta({ format, ...(description && { description }) }));

/** A time on the wire. */
export interface TimeFormat {
  render(ms: number): string;
  schema(description?: string): z.ZodMiniType<string>;
}

const dateTime = (fraction: string) => (description?: string) =>
  formatted('date-time', description).check(
    z.meta({ pattern: `^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d${fraction}Z$` }),
  );

export const isoTime: TimeFormat = {
  render: (ms) => new Date(ms).toISOString(),
  schema: dateTime('\\.\\d{3}'),
};

export const isoSeconds: TimeFormat = {
  render: (ms) => new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z'),
  schema: dateTime(''),
};

/** A field that is null for some users; `when` says for which. */
export const nullWhere = <T extends z.ZodMiniType>(when: string, schema: T) =>
  z.nullable(schema).check(z.meta({ description: `null ${when}` }));

/** A text field with a description. */
export const text = (description: string) => z.string().check(z.meta({ description }));

export interface DeclaredTokenPaths {
  access: JsonPath;
  /** Absent: the refresh token is not in the body. */
  refresh?: JsonPath;
}
