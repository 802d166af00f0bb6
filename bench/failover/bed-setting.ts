import type { Cleanup } from '../../demo/cleanup.ts';
import type { BrokerAddress } from '../flows/plant.ts';

/** What a bed is made in. */
export interface BedSetting {
	broker: BrokerAddress;
	/** Undoes what was made, whatever else happens. */
	cleanup: Cleanup;
	signal: AbortSignal;
}
