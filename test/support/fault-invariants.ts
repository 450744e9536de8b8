/** The invariants of a request with one fault at one of its binding calls. */
import type { Call } from '../fixtures/intercept-bindings.ts';
import { beyond } from './database-snapshot.ts';
import { CANARY, type Fault } from './faults.ts';
import type { Answer, TestApp, TestUser } from './test-app.ts';

export interface Flow {
  name: string;
  /** Null: the admin API. */
  contract: string | null;
  prepare(): Promise<{ user: TestUser; send(app: TestApp): Promise<Answer> }>;
  status: number;
  /** The status of the same request once it has been done. */
  repeated: number;
  /** The request checks a password or a code. */
  guess?: 'right' | 'wrong';
  /** Calls before the answer that it does not depend on. */
  unawaited?: readonly string[];
  /** A request that was stored and yet answered with an outage: `never`, or its repetition is `refused`. */
  storedButRefused?: 'never' | 'refused';
  /** Changes that an outage may leave behind. */
  mayRemain?: readonly string[];
  /** Steps of logins that may wait for their codes afterwards. */
  waitingSteps?: number;
  /** Of a request that completes a step, where an outage may have kept the step's ticket. */
  withoutTicket?: readonly number[];
  /** Faults that the flow is not about, by name. */
  except?: readonly string[];
}

export interface Run {
  answer: Answer;
  changes: string[];
  /** The subjects of the e-mails sent. */
  mails: string[];
}

export interface Reference {
  once: Run;
  /** Of the same request sent two times. */
  twice: Run;
  calls: { name: string; to: Call['to']; isAwaited: boolean }[];
}

export interface Outcome extends Run {
  flow: Flow;
  fault: Fault;
  call: Reference['calls'][number];
  reference: Reference;
  isStruck: boolean;
  /** Answered as without a fault. */
  isUsual: boolean;
  /** Answered with the contract's refusal of an outage; createTestApp checks its shape. */
  isOutage: boolean;
  /** A second request was answered while the first was under way. */
  isOvertaken: boolean;
  /** All of the reference's changes, and no other, are stored. */
  isStored: boolean;
  /** The same request again, after an outage that nothing overtook. */
  repetition: Run | null;
  lockouts: { failures: number; ticketsOut: number };
  leaks: string[];
  /** Statuses of a profile and a refresh with the tokens of the answer. */
  granted: number[];
}

const JWT = /[\w-]{20,}\.[\w-]+\.[\w-]+/;
const isEmpty = (list: readonly string[]) => list.length === 0;
export const within = (some: readonly string[], all: readonly string[]) =>
  isEmpty(beyond(some, all));

export const invariants: Readonly<Record<string, (outcome: Outcome) => boolean>> = {
  'meets the fault': ({ isStruck }) => isStruck,
  'answers as usual, as a repetition is answered, or with an outage': (o) =>
    o.isUsual || o.isOutage || (o.isOvertaken && o.answer.status === o.flow.repeated),
  'hides the failure of a call that the answer does not depend on': ({ call, isUsual }) =>
    call.isAwaited || isUsual,
  'refuses where the platform is overloaded': ({ fault, isOutage }) =>
    fault.demands !== 'refusal' || isOutage,
  'repeats a call where the platform asks for it': ({ fault, isUsual }) =>
    fault.demands !== 'retry' || isUsual,
  'tells no secret and no error, in the answer or in the log': ({ answer, leaks }) =>
    isEmpty(leaks) && !answer.text.includes(CANARY),
  'grants no token with a refusal': ({ answer, isOutage }) =>
    !isOutage || !JWT.test(answer.text + answer.headers.get('Set-Cookie')),
  'grants no token that does not work': ({ granted }) => granted.every((status) => status === 200),
  'stores everything or nothing': (o) => {
    const { once, twice } = o.reference;
    const { mayRemain = [] } = o.flow;
    if (o.isStored) return true;
    if (o.isOvertaken) {
      const isDone = o.isOutage || within(once.changes, o.changes);
      return isDone && within(o.changes, [...twice.changes, ...mayRemain]);
    }
    if (!o.call.isAwaited) return within(o.changes, once.changes);
    return o.isUsual ? isEmpty(once.changes) : within(o.changes, mayRemain);
  },
  'leaves no session without the use of its factor': ({ changes, reference }) => {
    const isOf = (table: string) => (change: string) => change.startsWith(table);
    const usesFactor = reference.once.changes.some(isOf('factors '));
    const isOpened = changes.some(isOf('sessions + '));
    return !usesFactor || !isOpened || changes.some(isOf('factors '));
  },
  'keeps no ticket but those of steps that wait': ({ lockouts, flow }) =>
    lockouts.ticketsOut <= (flow.waitingSteps ?? 0),
  'counts a wrong password, and a right one only if its ticket is lost': (o) => {
    const { flow, fault, reference, isOvertaken, isUsual, lockouts } = o;
    if (flow.guess === undefined) return true;
    const isWrong = flow.guess === 'wrong';
    const isOutdated =
      isOvertaken &&
      reference.twice.changes.some((change) => /CHECK_FAILED|FACTOR_FAILED/.test(change));
    const most =
      Number(isWrong || losesTicket(fault) || isOutdated) + Number(isWrong && isOvertaken);
    return lockouts.failures <= most && (!isWrong || !isUsual || lockouts.failures > 0);
  },
  'answers a repetition as if nothing had happened': ({
    repetition,
    isStored,
    reference,
    flow,
    fault,
    changes: stored,
  }) => {
    if (repetition === null) return true;
    const expected = isStored ? reference.twice : reference.once;
    const { changes, answer } = repetition;
    const isWithoutTicket =
      losesTicket(fault) &&
      flow.withoutTicket?.includes(answer.status) === true &&
      within(changes, [...stored, ...(flow.mayRemain ?? [])]);
    if (isWithoutTicket) return true;
    return (
      isAlike(answer, expected.answer) &&
      within(changes, [...expected.changes, ...(flow.mayRemain ?? [])]) &&
      within(expected.changes, changes)
    );
  },
  'does not refuse a repetition of what was stored': (o) => {
    const { flow, fault, repetition, isStored, reference } = o;
    if (repetition === null || !isStored || fault.lasting) return true;
    if (flow.storedButRefused === 'never') return false;
    return (
      repetition.answer.status < 400 ||
      reference.once.answer.status >= 400 ||
      flow.storedButRefused === 'refused'
    );
  },
  'sends no e-mail twice': ({ reference, repetition, isOvertaken, mails, call, fault }) => {
    const { once, twice } = reference;
    const expected = repetition || isOvertaken ? [...once.mails, ...twice.mails] : once.mails;
    // A transport that does not recognise an e-mail may carry it twice.
    const copies = call.to === 'mail' && fault.name.startsWith('is done') ? 1 : 0;
    return beyond(mails, expected).length <= copies;
  },
};

const losesTicket = (fault: Fault): boolean =>
  fault.name.endsWith(' late') || fault.lasting === true || fault.demands === 'refusal';

/** Without trace ids and handles of steps, which are random. */
const untraced = ({ text, headers }: Answer) =>
  text.replaceAll(headers.get('X-Request-Id') ?? '', '').replaceAll(/[\w-]{400,}/g, '<handle>');

/** Grants differ in their tokens; refusals do not differ. */
export const isAlike = (one: Answer, other: Answer) =>
  one.status === other.status && (one.status < 400 || untraced(one) === untraced(other));
