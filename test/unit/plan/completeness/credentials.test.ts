import type { FlowNode } from '../../../../src/lib/flows/node.ts';
import { config, lacksOf, node, snapshotOf, tab } from './assess.ts';

const request = (properties: object) => node('r1', 'http request', { url: 'https://api.example', ...properties });
const marks = (id: string, ...names: string[]) => ({ credentials: { [id]: { names, mark: 'ab' } } });
const lacks = (given: FlowNode, ...rest: Parameters<typeof lacksOf> extends [unknown, ...infer R] ? R : never) =>
	lacksOf(snapshotOf([tab, given]), ...rest).map(({ kind, certainty, message }) => `${kind} ${certainty}: ${message}`);

describe('a node that says that it signs in', () => {
	it.each(['basic', 'digest', 'bearer'])('is certain to fail without credentials (%s)', (authType) => {
		expect(lacks(request({ authType }))).toEqual([
			`credentials certain: http request 'r1' signs in by ${authType}, and neither the snapshot nor production has credentials for it`,
		]);
	});

	it('has them from the snapshot, or from the environment, be they empty', () => {
		const flows = [tab, request({ authType: 'basic' })];
		expect(lacksOf(snapshotOf(flows, marks('r1', 'user', 'password')))).toEqual([]);
		expect(lacksOf(snapshotOf(flows), { credentials: { r1: ['user'] } })).toEqual([]);
	});

	it.each<[string, FlowNode]>([
		['no sign-in is chosen', request({ authType: '' })],
		['an old node does not say', request({})],
		['the address holds them', request({ authType: 'basic', url: 'https://a:b@api.example' })],
		['it is disabled', { ...request({ authType: 'basic' }), d: true }],
	])('needs none where %s', (_, given) => {
		expect(lacks(given)).toEqual([]);
	});

	it('is likely to where its address comes with the message, which may hold them', () => {
		expect(lacks(request({ authType: 'basic', url: '' }))).toEqual([expect.stringContaining('credentials likely')]);
	});
});

describe('certificates', () => {
	it('that were uploaded are credentials', () => {
		expect(lacks(config('c1', 'tls-config', { name: 'cloud', cert: '', certname: 'me.crt' }))).toEqual([
			"credentials certain: tls-config 'cloud' uses the uploaded file me.crt, and neither the snapshot nor production has credentials for it",
		]);
	});

	it('that are files, or no certificates at all, are none', () => {
		expect(lacks(config('c1', 'tls-config', { cert: '/etc/me.crt', certname: '', key: '/etc/me.key', keyname: '' }))).toEqual([]);
		expect(lacks(config('c1', 'tls-config', { cert: '', certname: '', ca: '', caname: '' }))).toEqual([]);
	});
});

describe('variables that are credentials', () => {
	const holder: FlowNode = { ...tab, id: 't2', label: 'Cloud', env: [{ name: 'TOKEN', type: 'cred' }] };
	const reader = node('n1', 'http request', { z: 't2', url: '${TOKEN}' });

	it('are certain to be missing where a property is one and nothing gives it', () => {
		expect(lacksOf(snapshotOf([holder, reader]), { variables: { TOKEN: 'outer' } })).toEqual([
			{
				kind: 'credentials',
				certainty: 'certain',
				nodes: [{ id: 'n1', type: 'http request', name: '' }],
				message: "TOKEN (read by http request 'n1') is a credential of tab 'Cloud' that nothing gives",
				remedy: 'set it under environments.production.credentials: { t2: { TOKEN: … } }',
			},
		]);
	});

	it('come from the snapshot or the environment', () => {
		expect(lacksOf(snapshotOf([holder, reader], marks('t2', 'TOKEN')))).toEqual([]);
		expect(lacksOf(snapshotOf([holder, reader]), { credentials: { t2: ['TOKEN'] } })).toEqual([]);
	});

	it('of a subflow come from it or from its instance', () => {
		const flows = [tab, { id: 's1', type: 'subflow', env: holder.env }, { ...reader, z: 's1' }, node('i1', 'subflow:s1')];
		expect(lacksOf(snapshotOf(flows))).toHaveLength(1);
		expect(lacksOf(snapshotOf(flows), { credentials: { s1: ['TOKEN'] } })).toEqual([]);
		expect(lacksOf(snapshotOf(flows), { credentials: { i1: ['TOKEN'] } })).toEqual([]);
	});
});

describe('what the release that serves has', () => {
	const broker = config('b1', 'mqtt-broker', { name: 'plant', broker: 'mqtt.example' });

	it('is likely to be missing', () => {
		const serving = snapshotOf([tab, broker], marks('b1', 'user', 'password'));
		expect(lacks(broker, {}, serving)).toEqual([
			"credentials likely: mqtt-broker 'plant' has user and password in the release that serves, and neither the snapshot nor production has credentials for it",
		]);
		expect(lacks(broker, { credentials: { b1: ['user'] } }, serving)).toEqual([]);
		expect(lacks(broker, {}, snapshotOf([tab, broker]))).toEqual([]);
	});
});
