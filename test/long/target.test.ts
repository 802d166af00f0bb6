import { describeWithHaproxy } from '../support/haproxy.ts';
import { processBed } from '../support/process-bed.ts';
import { describeTarget } from '../support/target-contract.ts';

describeTarget('processes', () => processBed(), 'thorough');
describeWithHaproxy('behind HAProxy', () => {
	describeTarget('processes', () => processBed('haproxy'));
});
