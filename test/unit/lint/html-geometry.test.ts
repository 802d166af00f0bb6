import { nodeSize, outputOffset, splitLabel } from '../../../src/lib/drawing/geometry.ts';
import { measureText } from '../../../src/lib/drawing/text-width.ts';
import { wirePath } from '../../../src/lib/drawing/wire-path.ts';

// The expected values are what the editor of Node-RED 5.0 drew of test/fixtures/html-report/plant.json.

describe('the size of a node', () => {
	it.each([
		['json', 1, 1, 100, 30],
		['batch 10', 1, 1, 120, 30],
		['delay 5s', 1, 1, 120, 30],
		['0 - 100', 1, 1, 120, 30],
		['who is on shift', 1, 1, 160, 30],
		['plant/line1/filler/+/weight', 0, 1, 200, 30],
		['[get] /api/lines/:line/state', 0, 1, 200, 30],
		['/usr/local/bin/horn', 1, 3, 180, 45],
		['check weight', 1, 3, 140, 45],
		['Counting, every 10 bottles', 0, 0, 220, 30],
		['udp 192.168.10.255:7070', 1, 0, 220, 30],
		['Ventile prüfen\\n Дозатор № 2', 1, 1, 160, 54],
	])('%s, %d in, %d out: %d by %d', (label, inputs, outputs, w, h) => {
		expect(nodeSize(splitLabel(label), { inputs, outputs }, false)).toEqual({ w, h });
	});

	it('is a square without a label, higher for many outputs', () => {
		expect(nodeSize(['a long label'], { inputs: 1, outputs: 1 }, true)).toEqual({ w: 30, h: 30 });
		expect(nodeSize(['x'], { inputs: 1, outputs: 10 }, true)).toEqual({ w: 30, h: 150 });
	});

	it('follows the lines of its label: a backslash, an n and a space break it, a doubled backslash does not', () => {
		expect(splitLabel('one')).toEqual(['one']);
		expect(splitLabel('one\\n two\\n three')).toEqual(['one', 'two', 'three']);
		expect(splitLabel('C:\\new')).toEqual(['C:\\new']);
		expect(splitLabel('kept\\\\n here')).toEqual(['kept\\n here']);
	});

	it('measures text as browsers do: white space once, accents not at all, East Asian letters as squares', () => {
		expect(measureText('  a \t b ')).toBe(measureText('a b'));
		expect(measureText('ü')).toBe(measureText('u'));
		expect(measureText('充填機')).toBe(42);
		expect(measureText('')).toBe(0);
	});

	it('spreads output ports evenly about the middle', () => {
		expect([0, 1, 2].map((port) => outputOffset(port, 3))).toEqual([-13, 0, 13]);
		expect([0, 1].map((port) => outputOffset(port, 2))).toEqual([-6.5, 6.5]);
	});
});

describe('a wire', () => {
	it.each([
		['to the right, near', 330, 120, 380, 120, 'M330 120C367.5 120 342.5 120 380 120'],
		['to the right, far', 480, 206.5, 960, 200, 'M480 206.5C555 206.5 885 200 960 200'],
		['steep', 480, 193.5, 530, 140, 'M480 193.5C534.92 193.5 475.08 140 530 140'],
		['back and down', 480, 120, 380, 200, 'M480 120C498 120 516 127.5 516 135S516 150 430 160S344 177.5 344 185S362 200 380 200'],
		['back and up, not far', 700, 440, 310, 400, 'M700 440C714 440 728 440 728 430S714 420 505 420S282 420 282 410S296 400 310 400'],
		['back and up', 630, 360, 395, 300, 'M630 360C646 360 662 352.5 662 345S662 330 512 330S363 322.5 363 315S379 300 395 300'],
		[
			'to its own node',
			660,
			540,
			540,
			540,
			'M660 540C675 540 685 545 685 552.5C685 560 675 565 660 565H540C525 565 515 560 515 552.5C515 545 525 540 540 540',
		],
	])('%s', (_, x1, y1, x2, y2, path) => {
		expect(wirePath({ x: x1, y: y1 }, { x: x2, y: y2 })).toBe(path);
	});

	it('has a path of plain numbers wherever its ends are', () => {
		for (const dx of [-20_000, -30, -1, 0, 1, 30, 20_000]) {
			for (const dy of [-20_000, -30, -9, 0, 9, 30, 20_000]) {
				expect(wirePath({ x: 7, y: -7 }, { x: 7 + dx, y: dy - 7 })).toMatch(/^M[-\d. CSH]+$/);
			}
		}
	});
});
