/** Loads the script for second factors (factors.ts), which most visits do not need. */
import { call, readRefusal } from './call.ts';
import type { Factors } from './factors.ts';
import {
  enhanceForm,
  focusFieldError,
  required,
  setFormInUse,
  showFieldErrors,
  showNotice,
  showRefusal,
} from './form.ts';
import { pageData } from './page-data.ts';
import { callSignedIn, storeLogin } from './session.ts';
import { timeFormat } from './time.ts';

/** The page's own functions, so that both scripts share one session and one form in use. */
const shared = {
  call,
  callSignedIn,
  enhanceForm,
  focusFieldError,
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

let loaded: Factors | null = null;

/** Null: it could not be loaded. */
export async function loadFactors(): Promise<Factors | null> {
  try {
    const script = (await import(pageData.factorsScript)) as typeof import('./factors.ts');
    return (loaded ??= script.createFactors(shared));
  } catch {
    return null;
  }
}
