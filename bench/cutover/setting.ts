import type { Cleanup } from '../../demo/cleanup.ts';
import type { Scenario } from './scenarios.ts';

/** What a way is set up in. */
export interface Setting {
	scenario: Scenario;
	brokerPort: number;
	/** Undoes what was set up, whatever else happens. */
	cleanup: Cleanup;
	signal: AbortSignal;
}
