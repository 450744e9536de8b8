/** Entry point of the script of all pages but the signed-in one: starts the page that the page data names. */
import { forgotPage, registerPage, verifyPage } from './account.ts';
import { enableRevealButtons } from './form.ts';
import { keepFragment, resetPage, revokePage } from './links.ts';
import { loginPage } from './login.ts';
import { pageData } from './page-data.ts';

enableRevealButtons();
keepFragment();

const pages = {
  login: loginPage,
  register: registerPage,
  verify: verifyPage,
  forgot: forgotPage,
  reset: resetPage,
  revoke: revokePage,
};
pages[pageData.page as keyof typeof pages]();
