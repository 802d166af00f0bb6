import type { FlowNode } from '../../../src/lib/flows/node.ts';
import type { HeldCredentials } from '../../../src/lib/snapshot/sealing/held.ts';
import { instanceCredentials } from '../../../src/lib/targets/instance-credentials.ts';

const flows: FlowNode[] = [
	{ id: 'b1', type: 'mqtt-broker' },
	{ id: 'n1', type: 'http request' },
];
const held: HeldCredentials = {
	snapshot: 'abc',
	sealed: '',
	marks: { b1: { names: ['password', 'user'], mark: '' }, n1: { names: ['password'], mark: '' } },
};
const carried = { b1: { user: 'dev', password: 'dev-pw' }, n1: { password: 'n-pw' } };
const refuse = async () => {
	throw new Error('opened');
};

describe('what instances get', () => {
	it("is the snapshot's, the environment's over it, for nodes that are there", async () => {
		const own = { b1: { password: 'prod-pw' }, nobody: { key: 'x' } };
		expect(await instanceCredentials(flows, held, own, async () => carried)).toEqual({
			b1: { user: 'dev', password: 'prod-pw' },
			n1: { password: 'n-pw' },
		});
	});

	it('is not opened where the environment gives all of it', async () => {
		const own = { b1: { user: 'u', password: 'p' }, n1: { password: 'q' } };
		expect(await instanceCredentials(flows, held, own, refuse)).toEqual(own);
		await expect(instanceCredentials(flows, held, { b1: own.b1 }, refuse)).rejects.toThrow('opened');
	});

	it("is the environment's alone where the snapshot has none", async () => {
		expect(await instanceCredentials(flows, null, { b1: { user: 'u' } }, refuse)).toEqual({ b1: { user: 'u' } });
	});
});
