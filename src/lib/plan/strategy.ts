import { type CutoverStrategy, cutoverStrategies, type FlowVerdict } from '../lint/verdict.ts';

export interface StrategyChoice {
	strategy: CutoverStrategy;
	/** The flows that ask for no less, and why; none where every flow allows the best. */
	because: string[];
	/** What a strategy that was asked for may do wrong. */
	warnings: string[];
}

/**
 * The strategy of a cutover between two releases: the strictest that any flow of either needs. Up to `takeover` a stricter one
 * serves every flow that a finer one would, since each source is treated by its kind; `exclusive` loses what ordinary
 * subscriptions get while neither side is subscribed, and the plan says so. Pure.
 * @param wanted what somebody asked for, whatever the flows need
 */
export function chooseStrategy(old: FlowVerdict[], next: FlowVerdict[], wanted?: CutoverStrategy): StrategyChoice {
	const verdicts = [...next, ...old];
	const rank = (verdict: FlowVerdict) => cutoverStrategies.indexOf(verdict.allows[0] ?? 'exclusive');
	const strictest = Math.max(0, ...verdicts.map(rank));
	const needed = cutoverStrategies[strictest] as CutoverStrategy;
	if (wanted === undefined || wanted === needed) {
		const because =
			strictest === 0
				? []
				: explain(
						verdicts.filter((verdict) => rank(verdict) === strictest),
						strictest,
					);
		return { strategy: needed, because, warnings: [] };
	}
	const forbidding = verdicts.filter((verdict) => rank(verdict) > cutoverStrategies.indexOf(wanted));
	return {
		strategy: wanted,
		because: ['it was asked for'],
		warnings: [
			...new Set(
				forbidding.map(
					(verdict) => `the flow '${verdict.flowLabel}' needs ${verdict.allows[0]}, not ${wanted}: ${risksOf(verdict, wanted)}`,
				),
			),
		],
	};
}

/** Why the strategies that cost less are forbidden to these flows. */
function explain(verdicts: FlowVerdict[], strictest: number): string[] {
	const better = cutoverStrategies[strictest - 1] as CutoverStrategy;
	return [...new Set(verdicts.map((verdict) => `'${verdict.flowLabel}' does not allow ${better}: ${risksOf(verdict, better)}`))];
}

function risksOf({ because }: FlowVerdict, strategy: CutoverStrategy): string {
	const reasons = [...new Set(because.filter((obstacle) => obstacle.strategy === strategy).map(({ reason }) => reason))];
	return reasons.length > 2 ? `${reasons.slice(0, 2).join(' ')} (and ${reasons.length - 2} more)` : reasons.join(' ');
}
