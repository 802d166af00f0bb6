import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureToken } from '../../../src/lib/control/token.ts';

describe('the token of the control calls', () => {
	let folder: string;
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'flowferry-token-'));
	});
	afterEach(() => rmSync(folder, { recursive: true }));

	it('is the same for all who ask, whole, and readable for its owner alone', async () => {
		const file = join(folder, 'control.token');
		const tokens = await Promise.all(Array.from({ length: 20 }, () => ensureToken(file)));
		expect(new Set(tokens).size).toBe(1);
		expect(tokens[0]).toMatch(/^[0-9a-f]{64}$/);
		expect(statSync(file).mode & 0o777).toBe(0o600);
		expect(readdirSync(folder)).toEqual(['control.token']);
	});

	it('leaves nothing where it cannot be written', async () => {
		await expect(ensureToken(join(folder, 'missing', 'control.token'))).rejects.toThrow('ENOENT');
		expect(readdirSync(folder)).toEqual([]);
	});
});
