import { hardware } from '../../../../src/lib/lint/rules/hardware.ts';
import { node, source, tab, testRule } from '../judge.ts';

testRule(hardware, {
	fires: [
		{
			name: 'on a serial port',
			flows: [tab, node('n', 'serial in')],
			balanced: [['n', 'error']],
			spare: [['n', 'warning']],
			says: ['a serial port'],
		},
		{ name: 'on a pin', flows: [tab, node('n', 'rpi-gpio out')], balanced: [['n', 'error']], spare: [['n', 'warning']] },
		{
			name: 'on a family of types',
			flows: [tab, node('n', 'victron-input-battery')],
			balanced: [['n', 'error']],
			spare: [['n', 'warning']],
		},
	],
	dontFire: [
		{ name: 'on an account', flows: [tab, node('n', 'telegram receiver')] },
		{ name: 'on a network device', flows: [tab, source('n'), node('n', 'modbus-write')] },
	],
});
