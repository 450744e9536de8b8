/** Entry point of the script with which operators prove their identity, loaded when it is asked for. */
import { createProofDialog } from './proof-dialog.ts';
import { shared, type Shared } from './scripts.ts';

/** `session`: of the page, since this script's own keeps no tokens. */
export const createAdminProof = (session: Pick<Shared, 'callSignedIn'>, leave: () => void) =>
  createProofDialog({ ...shared, ...session }, { leave });
