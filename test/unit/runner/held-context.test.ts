import { HeldContext } from '../../../src/runner/held-context.ts';
import type { NodeRedProcess } from '../../../src/runner/node-red-process.ts';

const processes = (...names: string[]) => names.map((name) => ({ name }) as unknown as NodeRedProcess);
const options = { except: [], maxBytes: 1 };

/** An agent that exports `values`, and notes what is imported. */
function held() {
	const imported: string[] = [];
	const context = new HeldContext((async (call: string, params: { values?: string }) => {
		if (call === 'exportContext') return { values: 'old', excepted: 0, left: [], stores: [] };
		imported.push(String(params.values));
		return { carried: 1, bytes: 1, left: [] };
	}) as ConstructorParameters<typeof HeldContext>[0]);
	return { context, imported };
}

describe("an instance's context", () => {
	const [first, second] = processes('first', 'second') as [NodeRedProcess, NodeRedProcess];

	it('is that of the process that ran the flows; with it it is gone, and that is said', async () => {
		const { context } = held();
		context.isOf(first);
		expect(await context.export(first, options, 10)).toMatchObject({ values: 'old', left: [] });
		expect(await context.export(second, options, 10)).toMatchObject({
			values: '',
			left: [{ scope: 'all', key: '*', why: expect.stringContaining('has ended') }],
		});
		expect(await context.export(null, options, 10)).toMatchObject({ values: '' });
	});

	it('that was written into a process which ends before its flows start is written into the next one', async () => {
		const { context, imported } = held();
		await context.import(first, 'carried', 10);
		await context.restore(first, 10);
		expect(imported).toEqual(['carried']);
		await context.restore(second, 10);
		expect(imported).toEqual(['carried', 'carried']);
	});

	it('that was given away comes back where the flows were stopped by force, and must run again', async () => {
		const { context, imported } = held();
		context.isOf(first);
		await context.export(first, options, 10);
		await context.restore(second, 10);
		expect(imported).toEqual(['old']);
	});

	it('is not written again once the flows have started, which have made something else of it', async () => {
		const { context, imported } = held();
		await context.import(first, 'carried', 10);
		context.isOf(first);
		await context.restore(second, 10);
		expect(imported).toEqual(['carried']);
	});

	it('that is empty for want of an old process changes nothing', async () => {
		const { context, imported } = held();
		expect(await context.import(first, '', 10)).toEqual({ carried: 0, bytes: 0, left: [] });
		expect(imported).toEqual([]);
	});
});
