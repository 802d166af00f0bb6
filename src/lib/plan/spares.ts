import type { SpareKind } from '../failover/spare-kind.ts';
import { cutoverStrategies, type FlowVerdict } from '../lint/verdict.ts';

export interface SpareChoice {
	spare: SpareKind;
	/** Why it is not what was wanted, by flow. */
	because: string[];
}

/**
 * Whether the spares of a release may be hot: their flows are connected for as long as they stand by, so nothing in them may be connected
 * twice, or share its messages with whoever else is connected. Pure.
 */
export function decideSpareKind(wanted: SpareKind, verdicts: FlowVerdict[]): SpareChoice {
	if (wanted === 'warm') return { spare: 'warm', because: [] };
	const because = verdicts.flatMap((verdict) => obstacleOf(verdict) ?? []);
	return { spare: because.length > 0 ? 'warm' : 'hot', because };
}

function obstacleOf({ flowLabel, allows, sharing, because }: FlowVerdict): string | null {
	if (allows[0] === cutoverStrategies.at(-1)) {
		const why = because.find(({ strategy }) => strategy === 'gated')?.reason ?? 'It must not be connected twice.';
		return `'${flowLabel}': ${why}`;
	}
	return sharing ? `'${flowLabel}': node ${sharing} shares its messages with everybody who is connected, a spare included.` : null;
}
