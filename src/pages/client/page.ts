/** Entry point of the pages' script: starts the page that the page data names. */
import { forgotPage, registerPage, resetPage, verifyPage } from './account.ts';
import { enableRevealButtons } from './form.ts';
import { homePage } from './home.ts';
import { loginPage } from './login.ts';
import { pageData } from './page-data.ts';

enableRevealButtons();

const pages = {
  login: loginPage,
  register: registerPage,
  verify: verifyPage,
  forgot: forgotPage,
  reset: resetPage,
  home: homePage,
};
pages[pageData.page]();
