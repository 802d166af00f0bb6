/**
 * What a cutover may do with a flow. `overlap`: both releases run for a while; `gated`: the new one is connected but holds back
 * until a counted cut; `takeover`: the broker hands the MQTT session over; `exclusive`: the old one stops before the new one starts.
 */
export const cutoverStrategies = ['overlap', 'gated', 'takeover', 'exclusive'] as const;
export type CutoverStrategy = (typeof cutoverStrategies)[number];

/** Why a flow does not allow a strategy: one node, and the rule that tells more about it. */
export interface Obstacle {
	/** `any`: the flow is not ready for this mode at all. */
	strategy: CutoverStrategy | 'any';
	/** The flow itself where no node is to blame. */
	nodeId: string;
	/** Null where no rule tells more. */
	rule: string | null;
	reason: string;
}

/** What may be done with one flow (tab), its subflows and config nodes included. */
export interface FlowVerdict {
	flowId: string;
	flowLabel: string;
	/** The one that costs least first; `exclusive` is always among them. */
	allows: CutoverStrategy[];
	/**
	 * A source that shares its messages among those who are connected: behind a spare's gate its part would wait for ever. Null where
	 * the flow has none.
	 */
	sharing: string | null;
	/** A finding of severity error, and of more than low confidence, stands against the flow in this mode. */
	notReady: boolean;
	/** At most ten for each strategy. */
	because: Obstacle[];
}
