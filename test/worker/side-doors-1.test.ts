import { describeSideDoors } from '../support/side-doors/suite.ts';

describeSideDoors(1);
