import type { FlowNode } from '../flows/node.ts';
import type { DevPlace, PaletteModule, SourceRuntime } from '../snapshot/snapshot.ts';
import type { Credentials } from './sealed-credentials.ts';

/** The flows of the dev Node-RED, as they are there: not canonical, and perhaps with credentials in them. */
export interface DevFlows {
	nodes: FlowNode[];
	source: DevPlace;
	/** Null where it was not asked for, or may not be read. */
	palette: PaletteModule[] | null;
	warnings: string[];
}

/** All that a snapshot needs of it. */
export interface DevState extends DevFlows {
	palette: PaletteModule[];
	nodeRedVersion: string;
	runtime: SourceRuntime;
	/** What Node-RED keeps apart from the flows, of nodes that are gone as well. @throws FlowferryError DEV_CREDENTIALS_UNREADABLE */
	storedCredentials(): Promise<Credentials>;
}

/** Where flows are developed. Both methods read it anew. */
export interface DevSource {
	flows(): Promise<DevFlows>;
	state(): Promise<DevState>;
}
