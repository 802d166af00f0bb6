import { setTimeout as sleep } from 'node:timers/promises';
import type { Place } from '../place/place.ts';
import { untilCalm } from './calm.ts';
import { startFlowferryWay } from './flowferry-way.ts';
import type { LoadCounts, LoadOptions } from './load.ts';
import { startMeter } from './meter.ts';
import type { Setting } from './setting.ts';
import type { CutoverTimes, Way } from './way.ts';

/** One cutover under load. */
export interface Measured extends LoadCounts, CutoverTimes {}

/** A scenario's cutovers, in their order. */
export interface Comparison {
	flowferry: Measured[];
	plain: Measured[];
}

export interface MeasureOptions extends Setting, Pick<LoadOptions, 'brokerUrl' | 'messagesPerSecond' | 'requestsPerSecond'> {
	place: Place;
	runs: number;
	/** Before each cutover: how long a calm machine is waited for at the most. */
	calmMs: number;
	/** Told after each. */
	onCutover(way: string, run: number, measured: Measured): void;
}

/** Load before and after a cutover. */
const STEADY_MS = 1000;

/** Cuts over by flowferry and by the plain way in turn, so that what else the machine does hits both alike. */
export async function measureScenario(options: MeasureOptions): Promise<Comparison> {
	const { place, cleanup, signal, scenario, runs, onCutover } = options;
	const meter = startMeter(signal);
	cleanup.later('end the meter', meter.stop);
	const ways = { flowferry: await startFlowferryWay(options, await place.newProduction()), plain: await place.startPlainWay(options) };
	const comparison: Comparison = { flowferry: [], plain: [] };

	const measure = async (way: Way, id: number): Promise<Measured> => {
		const { brokerUrl, messagesPerSecond, requestsPerSecond } = options;
		const { qos, payload } = scenario;
		const load = { brokerUrl, name: way.name, qos, payload, id, messagesPerSecond, requestsPerSecond };
		await way.prepare();
		await meter.start({ ...load, httpUrl: way.httpUrl() });
		await sleep(STEADY_MS, undefined, { signal });
		const { gapMs, steps } = await way.cutOver();
		await meter.aim(way.httpUrl());
		await sleep(STEADY_MS, undefined, { signal });
		return { ...(await meter.finish()), gapMs, steps };
	};
	for (let run = 0; run < runs; run++) {
		for (const name of ['flowferry', 'plain'] as const) {
			await untilCalm(options.calmMs, signal);
			const measured = await measure(ways[name], run);
			comparison[name].push(measured);
			onCutover(name, run, measured);
		}
	}
	return comparison;
}
