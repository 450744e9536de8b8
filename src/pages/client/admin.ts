/**
 * The page for operators. Private data is fetched, shown, and removed whenever the page is left. The
 * user that is shown stands in the address by number, so that Back leads to the directory.
 */
import { TEXT } from '../admin-text.ts';
import type { AdminPageData } from '../page-data.ts';
import { askAdmin, proofMethods, refusalText, type AdminRequest } from './admin-api.ts';
import {
  clearDirectory,
  resumeSearch,
  showDirectory,
  startDirectory,
  type ShownOperator,
} from './admin-directory.ts';
import { clearEvents, showEvents, startEvents } from './admin-events.ts';
import { clearUser, showUser, startUser } from './admin-user.ts';
import type { Answer } from './call.ts';
import { onClick } from './elements.ts';
import { elementById, fillTemplate, pageData, replacePage } from './page-data.ts';
import { startPrivatePage } from './private-page.ts';
import { callSignedIn, forgetSession, signOut } from './session.ts';

/** The rest of the page, as its parts use it. */
export interface AdminPage {
  /** Asks for a proof of identity where one is missing. Null: refused or not answered, and said so. */
  ask(request: AdminRequest): Promise<Answer['body'] | null>;
  showNotice(message: string): void;
  /** Loads what is shown anew. */
  load(): Promise<void>;
}

type Prove = ReturnType<typeof import('./admin-proof.ts').createAdminProof>;
let prove: Prove | null = null;

async function askProof(methods: readonly string[]): Promise<boolean> {
  if (methods.length === 0) return false;
  try {
    const path = (pageData as AdminPageData).proofScript;
    const { createAdminProof } = (await import(path)) as typeof import('./admin-proof.ts');
    prove ??= createAdminProof({ callSignedIn }, leave);
  } catch {
    return false;
  }
  return prove(methods);
}

async function ask(request: AdminRequest): Promise<Answer['body'] | null> {
  hideNotice();
  for (;;) {
    const answer = await askAdmin(request);
    if (answer === 'out') leave();
    else if (answer === null) showNotice(TEXT.offline);
    else if (answer.status === 204) return {};
    else if (answer.ok && answer.body !== null) return answer.body;
    else {
      const methods = proofMethods(answer);
      if (methods !== null && (await askProof(methods))) continue;
      showNotice(refusalText(answer));
    }
    return null;
  }
}

function showNotice(message: string): void {
  const notice = elementById('page-notice');
  notice.textContent = message;
  notice.hidden = false;
  notice.focus();
}

function hideNotice(): void {
  elementById('page-notice').hidden = true;
  elementById('page-notice').textContent = '';
}

function clear(): void {
  known = null;
  elementById('private').hidden = true;
  elementById('operator').textContent = '';
  hideNotice();
  clearDirectory();
  clearUser();
  clearEvents();
}

/** Leads to the sign-in, and from there back to the user that was shown. */
function leave(): void {
  forgetSession();
  clear();
  const back = encodeURIComponent(`/admin${location.hash}`);
  replacePage(`${pageData.prefix}/login?return_to=${back}`);
}

/** As the overview has named it; null: not asked yet. */
let known: ShownOperator | null = null;

/** Counts loads: an answer that came after another load had begun is not shown. */
let loads = 0;

async function load(): Promise<void> {
  loads += 1;
  const own = loads;
  const isCurrent = () => own === loads;
  elementById('loading').hidden = false;
  const [, id = null] = /^#user=([^&]+)$/.exec(location.hash) ?? [];
  elementById('back').hidden = id === null;
  elementById('directory').hidden = id !== null;
  elementById('user').hidden = id === null;
  // The overview counts thousands of rows: not anew for each user.
  const operator = (id !== null && known) || (await showDirectory(page, isCurrent));
  const isShown =
    operator !== null && (id === null || (await showUser(page, { id, operator, isCurrent })));
  if (!isCurrent()) return;
  known = operator;
  elementById('loading').hidden = true;
  if (operator === null || !isShown) return;
  const scope = TEXT.scopes[operator.scope];
  const name = operator.email ?? operator.name;
  elementById('operator').textContent = fillTemplate(TEXT.signedInAs, { name, scope });
  elementById('private').hidden = false;
  if (id === null) resumeSearch();
  await showEvents(page, { id, isCurrent });
}

const page: AdminPage = { ask, showNotice, load };

onClick(elementById('sign-out'), async () => {
  if (await signOut(false)) leave();
  else showNotice(TEXT.offline);
});
startDirectory(page);
startUser(page);
startEvents();
addEventListener('hashchange', () => {
  const kept = known;
  clear();
  known = kept;
  void load().then(() => elementById('user-title').focus());
});
startPrivatePage({ clear, load });
