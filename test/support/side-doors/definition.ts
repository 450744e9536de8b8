/** The form of a state in which every operation is asked. */
import type { Wire } from './all-wires.ts';
import type { Account, Cell } from './accounts.ts';

export interface Definition {
  settings?: Record<string, unknown>;
  /** Absent: all contracts. */
  isOf?(wire: Wire): boolean;
  /** Changes what is stored of the account. */
  begin?(account: Account): Promise<unknown>;
  /** No operation is granted a change: all are asked for one account, and its rows stay as they are. */
  isShared?: true;
  /** Steps that enrol a factor are asked for, which every contract has. */
  enrols?: true;
  /** Changes the request, or what only this operation meets. */
  alter?(cell: Cell): unknown;
  /** The time that passes before the operation is asked. */
  passesMs?(wire: Wire): number;
  /** Happens while the operation is under way, before it writes. */
  beforeWrite?(cell: Cell): Promise<unknown>;
  /** Happens once a ticket for the check of password or code is out. */
  afterTicket?(): void;
}
