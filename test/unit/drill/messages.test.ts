import type { Check } from '../../../src/lib/config/safeguards.ts';
import { numberedCheck, numberIn } from '../../../src/lib/drill/messages.ts';

const mqtt = (over: object = {}): Check =>
	({ mqtt: 'mqtt://127.0.0.1', expect: 'out', publish: 'in', contains: '{id}', qos: 1, ...over }) as Check;

it('the first check whose answer tells its message is used', () => {
	const chosen = mqtt({ publish: 'second' });
	expect(numberedCheck([{ http: '/', status: 200 }, mqtt({ contains: 'ok' }), chosen, mqtt()])).toEqual({ check: chosen, fault: null });
	expect(numberedCheck([mqtt({ payload: 'ping' })]).fault).toContain('cannot be counted');
	expect(numberedCheck([mqtt({ publish: undefined })])).toEqual({ check: null, fault: null });
});

it('a number is found in what the flow made of it, and no stranger is taken for one', () => {
	expect(numberIn('{"id":"ab12-000042"}', 'ab12')).toBe(42);
	expect(numberIn('cd34-000042', 'ab12')).toBeNull();
	expect(numberIn('ab12-42', 'ab12')).toBeNull();
});
