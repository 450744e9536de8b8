/** Loads the scripts that most visits do not need. */
import { call, readRefusal } from './call.ts';
import {
  codeFormat,
  email,
  enhanceForm,
  focusFieldError,
  required,
  setFormInUse,
  showFieldErrors,
  showNotice,
  showRefusal,
} from './form.ts';
import { goOn } from './go-on.ts';
import { pageData } from './page-data.ts';
import { callSignedIn, canKeepSession, storeLogin } from './session.ts';
import { timeFormat } from './time.ts';

interface Scripts {
  factors: typeof import('./factors.ts');
  passkeys: typeof import('./passkeys.ts');
  profile: typeof import('./profile.ts');
  security: typeof import('./security.ts');
}

/** Null: it could not be loaded. */
export async function loadScript<Name extends keyof Scripts>(
  name: Name,
): Promise<Scripts[Name] | null> {
  try {
    return (await import(pageData.scripts[name])) as Scripts[Name];
  } catch {
    return null;
  }
}

/** The page's own functions, so that all scripts share one session and one form in use. */
export const shared = {
  call,
  callSignedIn,
  canKeepSession,
  codeFormat,
  email,
  enhanceForm,
  focusFieldError,
  goOn,
  loadScript,
  readRefusal,
  required,
  setFormInUse,
  showFieldErrors,
  showNotice,
  showRefusal,
  storeLogin,
  timeFormat,
};
export type Shared = typeof shared;
