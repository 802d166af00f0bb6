import { processBed } from '../support/process-bed.ts';
import { describeTarget } from '../support/target-contract.ts';

describeTarget('processes', () => processBed());
