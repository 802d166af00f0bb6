import type { Cleanup } from '../../demo/cleanup.ts';
import type { DockerPlace } from './docker-place.ts';
import type { Scenario } from './scenarios.ts';

/** What a way is set up in. */
export interface Setting {
	scenario: Scenario;
	brokerPort: number;
	/** Containers of this machine's engine; null: processes. */
	docker: DockerPlace | null;
	/** Undoes what was set up, whatever else happens. */
	cleanup: Cleanup;
	signal: AbortSignal;
}
