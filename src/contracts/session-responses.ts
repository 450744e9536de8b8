/** The lists of sessions and of activity, which all contracts have alike. */
import * as z from 'zod/mini';
import type { Activity } from '../flows/model/audit.ts';
import type { ActivityPaths, SessionPaths, SessionView } from './contract.ts';
import { formatted, nullWhere, pick, text, type TimeFormat } from './responses.ts';
import type { JsonPath } from './wire.ts';

/** The list of a user's sessions, in the contract's time format and with names in its case. */
export function sessionList(time: TimeFormat, nameCase: 'camel' | 'snake', path: JsonPath) {
  const [startedAt, lastUsedAt] =
    nameCase === 'camel' ? ['startedAt', 'lastUsedAt'] : ['started_at', 'last_used_at'];
  const paths: SessionPaths = {
    list: [...path, 'sessions'],
    fields: {
      id: 'id',
      name: 'name',
      device: 'device',
      address: 'address',
      lastUsedAt,
      current: 'current',
    },
  };
  return {
    paths,
    schema: () => ({
      sessions: z.array(
        z
          .object({
            id: formatted('uuid'),
            [startedAt]: time.schema(),
            [lastUsedAt]: time.schema(),
            contract: z.string(),
            address: z.string(),
            device: z.string(),
            name: z.optional(text('Given by its user; absent where there is none')),
            current: z.boolean().check(z.meta({ description: 'The session that asks' })),
          })
          .check(z.meta({ id: 'Session' })),
      ),
    }),
    render: (sessions: readonly SessionView[]) => ({
      sessions: sessions.map((session) => ({
        id: session.id,
        [startedAt]: time.render(session.startedAtMs),
        [lastUsedAt]: time.render(session.lastUsedAtMs),
        contract: session.contract,
        address: session.address,
        device: session.device,
        ...(session.name !== null && { name: session.name }),
        current: session.current,
      })),
    }),
  };
}

/** The newest events of an account, in the contract's time format. */
export function activityList(time: TimeFormat, path: JsonPath) {
  const paths: ActivityPaths = {
    list: [...path, 'activity'],
    fields: {
      action: 'action',
      reason: 'reason',
      at: 'at',
      address: 'address',
      device: 'device',
      current: 'current',
    },
  };
  return {
    paths,
    schema: () => ({
      activity: z.array(
        z
          .object({
            action: text('As in the audit: `LOGIN`, `PASSWORD_CHANGED`, …'),
            reason: z.string(),
            at: time.schema(),
            address: nullWhere('of an operator', z.string()),
            device: nullWhere('of an operator, and where it was not kept', z.string()),
            current: z.boolean().check(z.meta({ description: 'Of the session that asks' })),
          })
          .check(z.meta({ id: 'Activity' })),
      ),
    }),
    render: (activity: readonly Activity[]) => ({
      activity: activity.map(({ atMs, ...event }) => ({
        ...pick(event, 'action', 'reason', 'address', 'device', 'current'),
        at: time.render(atMs),
      })),
    }),
  };
}
