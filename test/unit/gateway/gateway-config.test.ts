import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readGatewayConfig, readToken } from '../../../src/gateway/gateway-config.ts';

const directory = mkdtempSync(join(tmpdir(), 'flowferry-gateway-config-'));
const file = join(directory, 'file');
const valid = {
	name: 'production',
	host: '127.0.0.1',
	port: 8080,
	tokenFile: '/t',
	stateFile: '/s',
	takeover: { maxMs: 1, maxRequests: 2 },
};

afterAll(() => rmSync(directory, { recursive: true }));

describe('the configuration of the gateway', () => {
	it('is read from its file', () => {
		writeFileSync(file, JSON.stringify(valid));
		expect(readGatewayConfig(file)).toEqual({
			...valid,
			controlPort: 0,
			traffic: { state: 'closed' },
			leaveMs: 0,
			webSockets: 'keep',
			accessLog: null,
			metricsPort: null,
		});
		const traffic = { state: 'flowing', upstreams: [{ instance: 'blue/0', url: 'http://127.0.0.1:1881' }] };
		const whole = {
			...valid,
			controlPort: 1878,
			traffic,
			leaveMs: 5000,
			webSockets: 'close',
			accessLog: { file: '/a', maxBytes: 1 },
			metricsPort: 9464,
		};
		writeFileSync(file, JSON.stringify(whole));
		expect(readGatewayConfig(file)).toEqual(whole);
	});

	it.each([
		[null, 'name'],
		[{ ...valid, name: '' }, 'name'],
		[{ ...valid, host: 1 }, 'host'],
		[{ ...valid, port: 65_536 }, 'port'],
		[{ ...valid, port: '8080' }, 'port'],
		[{ ...valid, tokenFile: undefined }, 'tokenFile'],
		[{ ...valid, webSockets: 'move' }, 'webSockets'],
		[{ ...valid, takeover: undefined }, 'takeover'],
		[{ ...valid, takeover: { maxMs: 0, maxRequests: 1 } }, 'takeover'],
		[{ ...valid, metricsPort: -1 }, 'metricsPort'],
		[{ ...valid, accessLog: { file: '/a' } }, 'accessLog'],
		[{ ...valid, controlPort: 70_000 }, 'controlPort'],
		[{ ...valid, leaveMs: -1 }, 'leaveMs'],
		[{ ...valid, traffic: { state: 'flowing', upstreams: [] } }, 'traffic'],
		[{ ...valid, traffic: { state: 'held', limits: { maxMs: 1, maxRequests: 1 } } }, 'traffic'],
	])('is refused: %j', (config, place) => {
		writeFileSync(file, JSON.stringify(config));
		expect(() => readGatewayConfig(file)).toThrow(place);
	});

	it('needs a token that nobody guesses', () => {
		writeFileSync(file, 'a'.repeat(31));
		expect(() => readToken(file)).toThrow('32 characters');
		writeFileSync(file, `${'a'.repeat(32)}\n`);
		expect(readToken(file)).toHaveLength(32);
	});
});
