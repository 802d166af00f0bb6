import type { HttpCounts } from './traffic/http-meter.ts';
import type { SequenceCounts } from './traffic/sequence-tally.ts';

/** What the demo reads of `promote --json` and `rollback --json`. */
export interface Promotion {
	snapshot: string;
	strategy: string;
	/** From the old flows' sources closed to the new flows' start. */
	gapMs: number;
}

/** What the demo reads of `status --json`. */
export interface Status {
	active: { slot: string; release: number; snapshot: string } | null;
	health: { state: string; reasons?: string[] };
	slots: {
		slot: string;
		instances: { name: string; status: { state: string; pid: number; childPid: number | null; nodeRed: string | null } | null }[];
	}[];
}

/** What happened. In the readable run the promotions were shown, not read: then they are not here. */
export interface Story {
	mqtt: SequenceCounts;
	http: HttpCounts;
	promotions: Promotion[];
	rollback: Promotion | undefined;
	nodeRed: string;
	/** At the end. */
	status: Status;
}

/** `npm run demo -- --json`: the last line of standard output. */
export type DemoResult = {
	/** `failed`: it did not come to its end; `interrupted`: somebody stopped it. */
	outcome: 'promoted' | 'failed' | 'interrupted';
	/** Why the exit status is not 0; empty where all went well. */
	problems: string[];
} & Partial<Measured>;

/** There where the outcome is `promoted`. */
export interface Measured {
	mqtt: SequenceCounts;
	http: Pick<HttpCounts, 'requests' | 'failed' | 'slowestMs'>;
	promotions: Promotion[];
	rollback: Promotion | undefined;
	nodeRed: string;
}
