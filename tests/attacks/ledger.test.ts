import { ledger } from './families/ledger.ts';
import { perform } from './perform.ts';

perform(ledger);
