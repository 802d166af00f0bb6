import type { DefaultRenderer, ListrTaskWrapper, SimpleRenderer } from 'listr2';
import { Listr, PRESET_TIMER } from 'listr2';
import type { PromotionObserver } from '../cutover/run.ts';
import type { Compensation, Step } from '../promotion/machine.ts';
import { steps } from '../promotion/machine.ts';
import type { Progress } from '../targets/target.ts';
import type { Theme } from './theme.ts';

const titles: Record<Step, string> = {
	prepare: 'Prepare the new instances, flows stopped',
	validate: 'Validate what they have loaded',
	connect: 'Connect the new flows, where they may wait behind a gate',
	hold: 'Hold requests',
	quiesce: "Close the old flows' sources",
	drain: 'Drain what is inside',
	'hand over': 'Stop the old flows, hand over the lease',
	activate: 'Start the new flows',
	verify: 'Verify that they serve',
	release: 'Send the traffic to the new flows',
};

const compensationTitles: Record<Compensation, string> = {
	restore: 'the old flows run again',
	'let flow': 'the traffic goes where it went before',
	discard: 'the new instances are gone',
};

/** How the steps and compensations are called. */
export interface PromotionWording {
	titles: Record<Step, string>;
	compensationTitles: Record<Compensation, string>;
}

const promotionWording: PromotionWording = { titles, compensationTitles };

/** Of a cutover between two instances that have the same flows. */
export const switchoverWording: PromotionWording = {
	titles: {
		...titles,
		prepare: 'Start the spare, if it does not run',
		validate: 'Validate what it has loaded',
		connect: "Connect the spare's flows, where they may wait behind a gate",
		quiesce: "Close the active instance's sources",
		'hand over': 'Stop its flows, hand over the lease',
		activate: "Start the spare's flows",
		release: 'Send the traffic to it',
	},
	compensationTitles: { ...compensationTitles, restore: 'the flows run again where they ran', discard: 'the spare stays' },
};

export interface PromotionView {
	observe: PromotionObserver;
	progress: Progress;
	/** Resolves when everything is shown. */
	close(): Promise<void>;
}

type Task = ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof SimpleRenderer>;

/**
 * Shows a promotion as a list of tasks, with spinners on a terminal and line by line elsewhere. It runs nothing: each
 * task waits for the event that ends it.
 * @param print for what happens outside the list
 */
export function showPromotion(print: (line: string) => void, theme: Theme, wording = promotionWording): PromotionView {
	const { titles, compensationTitles } = wording;
	const gates = new Map(steps.map((step) => [step, Promise.withResolvers<void>()]));
	for (const { promise } of gates.values()) promise.catch(() => {}); // not every task is come to
	const done = new Set<Step>();
	let paused = false;
	let current: Task | undefined;
	const settle = (upTo: number) => {
		for (const step of steps.slice(0, upTo)) gates.get(step)?.resolve();
	};
	const list = new Listr(
		steps.map((step) => ({
			title: titles[step],
			task: async (_: unknown, task: Task) => {
				current = task;
				await gates.get(step)?.promise;
				if (paused && !done.has(step)) task.skip();
			},
		})),
		{
			rendererOptions: { timer: PRESET_TIMER },
			fallbackRendererOptions: { timer: PRESET_TIMER },
			// It would end the process at the first interrupt, with the promotion half done.
			registerSignalListeners: false,
		},
	);
	let shown: Promise<unknown> | undefined;
	/** The list has ended: what follows (the bake time, hooks, a way back) is told line by line. */
	let over = false;

	return {
		observe: (event) => {
			// The failure is told by whoever ran the promotion.
			shown ??= list
				.run()
				.catch(() => {})
				.then(() => {
					over = true;
				});
			if (over && event.event === 'begin') print(`${theme.dim('❯')} ${titles[event.step]}`);
			if (over && event.event === 'failed') print(`${theme.error('✖')} ${titles[event.step]}: ${event.cause}`);
			// One that goes on after a pause does not begin with the first step.
			if (event.event === 'begin') settle(steps.indexOf(event.step));
			if (event.event === 'done') {
				done.add(event.step);
				gates.get(event.step)?.resolve();
			}
			if (event.event === 'pause') {
				paused = true;
				settle(steps.length);
			}
			if (event.event === 'failed') gates.get(event.step)?.reject(new Error(event.cause));
			if (event.event === 'compensated') print(`${theme.good('↩')} ${compensationTitles[event.compensation]}`);
			if (event.event === 'not compensated')
				print(`${theme.error('✖')} not so: ${compensationTitles[event.compensation]} (${event.reason})`);
		},
		progress: (message) => {
			if (over) print(message);
			else if (current) current.output = message;
		},
		close: async () => {
			// Where the promotion stopped without having ended, its task would be waited for for ever.
			for (const { reject } of gates.values()) reject(new Error('stopped'));
			await shown;
		},
	};
}
