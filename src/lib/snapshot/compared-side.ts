/** What a comparison was asked for, and the snapshot that this meant. */
export type ComparedSide = { snapshot: string } & (
	| { kind: 'stored' }
	/** What the environment runs. */
	| { kind: 'environment'; environment: string; release: number }
	/** What an active instance of the environment really has loaded, whoever deployed it; not stored. */
	| { kind: 'running'; environment: string; release: number; instance: string }
	/** The dev Node-RED as it is; not stored. */
	| { kind: 'dev' }
);
