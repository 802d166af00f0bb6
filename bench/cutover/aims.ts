import { spreadOf } from '../speed/statistics.ts';
import type { Comparison, Measured } from './measure.ts';
import type { Scenario } from './scenarios.ts';

/** Messages that one cutover may double at the most. A takeover's broker may redeliver what was just being acknowledged. */
const mayDouble: Record<Scenario['strategy'], number> = { exclusive: 0, overlap: 0, gated: 0, takeover: 1 };

/** The part of the plain way's silence that the median cutover may be silent for; overlap has no aim. */
const maySilence: Partial<Record<Scenario['strategy'], number>> = { exclusive: 1, gated: 1 / 3, takeover: 1 / 3 };

/** What a scenario should have come to and did not: one sentence each. */
export function missedAims({ strategy }: Pick<Scenario, 'strategy'>, { flowferry, plain }: Comparison): string[] {
	const missed: string[] = [];
	const lost = flowferry.filter(({ mqtt }) => mqtt.lost > 0);
	if (lost.length > 0) missed.push(`${lost.length} cutovers lost messages`);
	const doubled = flowferry.filter(({ mqtt }) => mqtt.duplicated > mayDouble[strategy]);
	if (doubled.length > 0) missed.push(`${doubled.length} cutovers doubled more than ${mayDouble[strategy]} messages`);
	const failures = flowferry.flatMap(({ http }) => http.failures);
	if (flowferry.some(({ http }) => http.failed > 0)) missed.push(`requests failed: ${failures.slice(0, 3).join('; ')}`);
	const part = maySilence[strategy];
	const [ours, theirs] = [medianSilence(flowferry), medianSilence(plain)];
	if (part !== undefined && ours > theirs * part) {
		missed.push(`the median silence is ${ours} ms, more than ${part === 1 ? '' : 'a third of '}the plain way's ${theirs} ms`);
	}
	return missed;
}

function medianSilence(cutovers: readonly Measured[]): number {
	return spreadOf(cutovers.map(({ mqtt }) => mqtt.longestSilenceMs))?.median ?? 0;
}
