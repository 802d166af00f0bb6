import { chooseSpare } from '../../../src/lib/cutover/choose-spare.ts';
import type { InstanceState, InstanceStatus } from '../../../src/lib/targets/instance.ts';

type Says = InstanceState | 'silent' | 'crashed and active';

/** A slot whose instances say this of themselves. */
function slotOf(...says: Says[]) {
	const instances = says.map((state, index) => {
		const name = `blue/${index}`;
		if (state === 'silent') return { name, status: null };
		const isActive = state === 'active' || state === 'crashed and active';
		const status = { state: state === 'crashed and active' ? 'starting' : state, lease: isActive ? { token: 1 } : null, log: 'a.log' };
		return { name, status: status as InstanceStatus };
	});
	return { environment: 'production', release: 3, instances };
}

describe('the spare of a switchover', () => {
	it.each([
		['the first that stands by', ['active', 'standby', 'standby'], undefined, ['blue/0', 'blue/1']],
		['a hot one', ['active', 'gated'], undefined, ['blue/0', 'blue/1']],
		['the one before the active instance', ['standby', 'active'], undefined, ['blue/1', 'blue/0']],
		['not one that is no spare just now', ['active', 'failed', 'silent', 'standby'], undefined, ['blue/0', 'blue/3']],
		['the one that is asked for', ['active', 'standby', 'standby'], 'blue/2', ['blue/0', 'blue/2']],
		['one that does not run, if it is asked for: it is started', ['active', 'standby', 'silent'], 'blue/2', ['blue/0', 'blue/2']],
		['one that is on its way, where none stands by', ['active', 'failed', 'starting'], undefined, ['blue/0', 'blue/2']],
		['not that one where another stands by', ['active', 'starting', 'standby'], undefined, ['blue/0', 'blue/2']],
		['one that is on its way, if it is asked for', ['active', 'starting', 'standby'], 'blue/1', ['blue/0', 'blue/1']],
		['also away from one that has just crashed', ['crashed and active', 'standby'], undefined, ['blue/0', 'blue/1']],
	] as const)('is %s', (_, says, wanted, [from, to]) => {
		expect(chooseSpare(slotOf(...says), wanted)).toEqual({ from, to });
	});

	it.each([
		['no instance is active', ['standby', 'standby'], undefined, 'NOT_SERVING', 5, 'flowferry up production'],
		['there is but one instance', ['active'], undefined, 'NO_SPARE', 2, 'set instances to 2'],
		['no spare stands by', ['active', 'failed', 'silent'], undefined, 'NO_SPARE', 5, 'blue/1 (failed), blue/2 (does not answer)'],
		['the active one is named', ['active', 'standby'], 'blue/0', 'ALREADY_ACTIVE', 2, 'its spares are blue/1 (standby)'],
		['no instance is named', ['active', 'standby'], 'green/0', 'INSTANCE_UNKNOWN', 2, 'its spares are blue/1 (standby)'],
		['half a name is named', ['active', 'standby'], 'blue', 'INSTANCE_UNKNOWN', 2, 'blue is no instance of release 3'],
		['the one that is named has failed', ['active', 'failed'], 'blue/1', 'SPARE_NOT_READY', 5, 'it is failed'],
	] as const)('is not to be had where %s', (_, says, wanted, code, exitStatus, text) => {
		const choose = () => chooseSpare(slotOf(...says), wanted);
		expect(choose).toThrow(expect.objectContaining({ code, exitStatus }));
		expect(thrownBy(choose)).toContain(text);
	});
});

function thrownBy(work: () => unknown): string {
	try {
		work();
	} catch (error) {
		const { message, hint } = error as { message: string; hint?: string };
		return `${message} ${hint}`;
	}
	return '';
}
