import type { Cleanup } from '../../demo/cleanup.ts';
import type { BrokerAddress } from '../flows/plant.ts';
import type { Scenario } from './scenarios.ts';

/** What a way is set up in. */
export interface Setting {
	scenario: Scenario;
	broker: BrokerAddress;
	/** Undoes what was set up, whatever else happens. */
	cleanup: Cleanup;
	signal: AbortSignal;
}
