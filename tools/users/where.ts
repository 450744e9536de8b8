/** Which database a command is about: `--local`, the default, or `--remote`. */
import { misused } from './api.ts';
import type { Whereabouts } from './database.ts';

export const whereOptions = {
  local: { type: 'boolean' },
  remote: { type: 'boolean' },
  'persist-to': { type: 'string' },
} as const;

export function where(values: {
  local?: boolean | undefined;
  remote?: boolean | undefined;
  'persist-to'?: string | undefined;
}): Whereabouts {
  if (values.local === true && values.remote === true) {
    throw misused('It is either --local or --remote.');
  }
  return { remote: values.remote === true, persistTo: values['persist-to'] };
}
