import { contentId } from '../../../src/lib/snapshot/identity.ts';
import type { Snapshot } from '../../../src/lib/snapshot/snapshot.ts';
import { parseSnapshot, serialiseSnapshot } from '../../../src/lib/snapshot/snapshot-document.ts';
import { sampleSnapshot } from '../../support/snapshots.ts';

const plain = sampleSnapshot();
const credentials = { n1: { names: ['password'], mark: 'ab' } };
const content = { ...plain.content, credentials };
const full: Snapshot = {
	...plain,
	id: contentId(content),
	content,
	sealed: '-----BEGIN AGE ENCRYPTED FILE-----\n…\n-----END AGE ENCRYPTED FILE-----\n',
	runtime: { node: '24.1.0', settings: null },
};
const text = serialiseSnapshot(full);
const edited = (edit: (document: ReturnType<typeof JSON.parse>) => void) => {
	const document = JSON.parse(text);
	edit(document);
	return JSON.stringify(document);
};

describe('a snapshot as one document', () => {
	it.each([
		['with everything', full],
		['without what is optional', plain],
		['with text of every kind', sampleSnapshot('😀  \n"\\', { message: 'a\u0000\n  b\ud800' })],
	])('comes back as it was: %s', (_, snapshot) => {
		expect(parseSnapshot(serialiseSnapshot(snapshot), 'x.json')).toEqual(snapshot);
		expect(parseSnapshot(`\ufeff${serialiseSnapshot(snapshot)}`, 'x.json')).toEqual(snapshot);
	});

	it('is the same text for the same snapshot, in whatever order its keys came, and says its version first', () => {
		const shuffled = Object.fromEntries(Object.entries(full).reverse()) as unknown as Snapshot;
		expect(serialiseSnapshot(shuffled)).toBe(text);
		expect(text.split('\n').slice(0, 3)).toEqual(['{', '  "format": "flowferry-snapshot",', '  "version": 1,']);
	});

	it.each([
		['nothing', '', 'SNAPSHOT_FILE_NOT_JSON', 'x.json is empty'],
		['a text', 'hello', 'SNAPSHOT_FILE_NOT_JSON', 'line 1, column 1'],
		['a document that was cut short', text.slice(0, -40), 'SNAPSHOT_FILE_NOT_JSON', 'not a whole JSON document'],
		['a flow file', '[]', 'SNAPSHOT_FILE_FOREIGN', 'x.json'],
		['null', 'null', 'SNAPSHOT_FILE_FOREIGN', 'x.json'],
		['another version', edited((d) => (d.version = 2)), 'SNAPSHOT_FILE_VERSION', 'version 2'],
		['no version', edited((d) => delete d.version), 'SNAPSHOT_FILE_VERSION', 'undefined'],
		['no snapshot', edited((d) => delete d.snapshot), 'SNAPSHOT_FILE_DAMAGED', 'holds no snapshot'],
		['no palette', edited((d) => delete d.snapshot.content.palette), 'SNAPSHOT_FILE_DAMAGED', 'palette is missing'],
		['a palette of numbers', edited((d) => (d.snapshot.content.palette = [1])), 'SNAPSHOT_FILE_DAMAGED', 'palette is not'],
		['flows that are none', edited((d) => (d.snapshot.content.flows = {})), 'FLOWS_NOT_ARRAY', 'x.json'],
		['a changed node', edited((d) => (d.snapshot.content.flows[1].topic = 'b')), 'SNAPSHOT_FILE_DAMAGED', 'does not give its id'],
		['another author', edited((d) => (d.snapshot.author = 'Eve')), 'SNAPSHOT_FILE_DAMAGED', 'checksum'],
		['other credentials', edited((d) => (d.snapshot.sealed += 'x')), 'SNAPSHOT_FILE_DAMAGED', 'checksum'],
		['no credentials', edited((d) => delete d.snapshot.sealed), 'SNAPSHOT_FILE_DAMAGED', 'checksum'],
		['the names of credentials alone', serialiseSnapshot({ ...full, sealed: undefined } as never), 'SNAPSHOT_FILE_DAMAGED', 'not both'],
		['a time that is none', edited((d) => (d.snapshot.time = 'noon')), 'SNAPSHOT_FILE_DAMAGED', 'time is not'],
		['an id that is a path', edited((d) => (d.snapshot.id = '../../x')), 'SNAPSHOT_FILE_DAMAGED', 'id is not'],
	])('is refused where it is %s', (_, given, code, message) => {
		expect(() => parseSnapshot(given, 'x.json')).toThrow(
			expect.objectContaining({ code, message: expect.stringContaining(message), hint: expect.stringMatching(/./) }),
		);
	});

	it('is refused wherever it is cut short', () => {
		for (let length = 0; length < text.trimEnd().length; length += 7) {
			expect(() => parseSnapshot(text.slice(0, length), 'x.json')).toThrow(expect.objectContaining({ code: 'SNAPSHOT_FILE_NOT_JSON' }));
		}
	});

	it('brings nothing in that it does not vouch for', () => {
		const snapshot = parseSnapshot(
			edited((d) => {
				d.snapshot.extra = 1;
				d.snapshot.content.extra = 1;
			}),
			'x.json',
		);
		expect(snapshot).toEqual(full);
	});
});
