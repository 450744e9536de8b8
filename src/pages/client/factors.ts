/** Entry point of the script for second factors: the step of a sign-in, and the set-up of an app. */
export { createLoginStep } from './login-step.ts';
export {
  codesIn,
  hideRecoveryCodes,
  hideSecret,
  showRecoveryCodes,
  showSecret,
} from './enrolment.ts';
