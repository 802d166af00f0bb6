import { armor, Decrypter, Encrypter, generateIdentity, identityToRecipient, Stanza } from 'age-encryption';
import { openText, sealText } from '../../../../src/lib/snapshot/sealing/age-file.ts';
import type { HeldCredentials } from '../../../../src/lib/snapshot/sealing/held.ts';
import { openVault } from '../../../../src/lib/snapshot/sealing/vault.ts';
import { CHEAP, testVault } from '../../../support/vault.ts';

const PASSPHRASE = 'correct horse battery staple';
const credentials = {
	b1: { user: 'plant', password: 'p🔑ss"\\ wörd' },
	g1: { map: { API_KEY: 'k-1234567', has_API_KEY: true } },
};

async function held(): Promise<HeldCredentials> {
	const { marks, sealed } = await testVault(PASSPHRASE).seal(credentials);
	return { snapshot: 'abcdef012345', marks, sealed };
}

/** Sealing and opening take their time, on purpose. */
let one: HeldCredentials;
beforeAll(async () => {
	one = await held();
});

describe('a vault', () => {
	it('gives back what it sealed, to whoever has the passphrase', async () => {
		expect(one.sealed).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----/);
		expect(await testVault(PASSPHRASE).open(one)).toEqual(credentials);
	});

	it('tells names, and nothing of the values', async () => {
		const { marks, sealed } = one;
		expect(marks).toEqual({
			b1: { names: ['password', 'user'], mark: expect.stringMatching(/^[0-9a-f]{64}$/) },
			g1: { names: ['API_KEY'], mark: expect.stringMatching(/^[0-9a-f]{64}$/) },
		});
		for (const secret of ['plant', 'wörd', 'k-1234567']) expect(JSON.stringify(marks) + sealed).not.toContain(secret);
	});

	it('gives equal marks for equal credentials, others for others, and others under another passphrase', async () => {
		const [again, changed, swapped, otherwise] = await Promise.all([
			held(),
			testVault(PASSPHRASE).seal({ ...credentials, b1: { ...credentials.b1, user: 'plant2' } }),
			// The same fields in another node are not the same credentials.
			testVault(PASSPHRASE).seal({ b2: credentials.b1 }),
			testVault(`${PASSPHRASE}.`).seal(credentials),
		]);
		expect(again.marks).toEqual(one.marks);
		expect(again.sealed).not.toBe(one.sealed);
		expect(changed.marks.b1).not.toEqual(one.marks.b1);
		expect(changed.marks.g1).toEqual(one.marks.g1);
		expect(swapped.marks.b2!.mark).not.toBe(one.marks.b1!.mark);
		expect(otherwise.marks.b1!.mark).not.toBe(one.marks.b1!.mark);
	});

	it('refuses a wrong passphrase, and none, and says where one would come from', async () => {
		await expect(testVault('another').open(one)).rejects.toMatchObject({
			code: 'PASSPHRASE_WRONG',
			message: expect.stringContaining('FLOWFERRY_PASSPHRASE does not open the credentials of snapshot abcdef012345'),
		});
		const none = { code: 'PASSPHRASE_MISSING', hint: expect.stringMatching(/FLOWFERRY_PASSPHRASE.*sealing\.passphraseFile/) };
		await expect(testVault().open(one)).rejects.toMatchObject(none);
		await expect(testVault().seal(credentials)).rejects.toMatchObject(none);
	});

	it('opens what a snapshot names, and nothing of nodes that it no longer has', async () => {
		const { b1 } = one.marks;
		expect(await testVault(PASSPHRASE).open({ ...one, marks: { b1: b1! } })).toEqual({ b1: credentials.b1 });
		await expect(testVault(PASSPHRASE).open({ ...one, marks: { ...one.marks, b9: b1! } })).rejects.toMatchObject({
			code: 'CREDENTIALS_DAMAGED',
		});
	});

	it('refuses what was damaged, cut short, or put there in place of it', async () => {
		const lines = one.sealed.split('\n');
		const last = lines.length - 3;
		const flipped = lines.with(last, [...lines[last]!].map((digit, index) => (index === 3 ? (digit === 'A' ? 'B' : 'A') : digit)).join(''));
		const foreign = await testVault(PASSPHRASE).seal({ b1: { user: 'plant', password: 'another' } });
		for (const sealed of [
			flipped.join('\n'),
			lines.slice(0, -3).join('\n'),
			'nothing',
			foreign.sealed,
			await sealText('[', PASSPHRASE, CHEAP),
		]) {
			await expect(testVault(PASSPHRASE).open({ ...one, sealed })).rejects.toMatchObject({ code: 'CREDENTIALS_DAMAGED' });
		}
	});

	it('tells the redactor of the passphrase and of every value, but not of references to variables', async () => {
		const learned: string[] = [];
		await testVault(PASSPHRASE, learned).seal({ b1: { user: 'plant', password: '${BROKER_PASSWORD}' } });
		expect(learned.sort()).toEqual([PASSPHRASE, 'plant'].sort());
		const later: string[] = [];
		await testVault(PASSPHRASE, later).open(one);
		expect(later).toEqual(expect.arrayContaining([PASSPHRASE, credentials.b1.password, 'k-1234567']));
	});

	it('warns of a passphrase that could be found by trying', async () => {
		expect((await testVault('short').seal(credentials)).warnings).toEqual([expect.stringContaining('has 5 characters')]);
		expect((await testVault(PASSPHRASE).seal(credentials)).warnings).toEqual([]);
	});

	it('asks for the passphrase once, and again after a failure', async () => {
		let asked = 0;
		const vault = openVault(
			async () => {
				asked++;
				if (asked === 1) throw new Error('no such file');
				return { text: PASSPHRASE, origin: 'a file' };
			},
			() => {},
			CHEAP,
		);
		await expect(vault.canSeal()).rejects.toThrow('no such file');
		expect(await vault.canSeal()).toBe(true);
		await vault.seal(credentials);
		expect(asked).toBe(2);
	});
});

describe('an age file', () => {
	it('says what a guess costs: 2^17 where nothing else is asked for', async () => {
		const vault = openVault(
			async () => ({ text: PASSPHRASE, origin: 'a file' }),
			() => {},
		);
		const { sealed, marks } = await vault.seal(credentials);
		expect(Buffer.from(sealed.split('\n').slice(1, -2).join(''), 'base64').toString('latin1')).toMatch(
			/^age-encryption\.org\/v1\n-> scrypt \S+ 17\n/,
		);
		// By whatever factor a file was sealed, it opens; the marks are those of the vault's own.
		await expect(testVault(PASSPHRASE).open({ ...one, sealed, marks: one.marks })).resolves.toEqual(credentials);
		expect(marks.b1!.mark).not.toBe(one.marks.b1!.mark);
	});

	it("is the format of age, by its author's own library", async () => {
		const text = JSON.stringify(credentials);
		const decrypter = new Decrypter();
		decrypter.addPassphrase(PASSPHRASE);
		expect(await decrypter.decrypt(armor.decode(await sealText(text, PASSPHRASE, CHEAP)), 'text')).toBe(text);
		const encrypter = new Encrypter();
		encrypter.setPassphrase(PASSPHRASE);
		encrypter.setScryptWorkFactor(CHEAP);
		const theirs = armor.encode(await encrypter.encrypt(text));
		expect(await openText(theirs, PASSPHRASE)).toEqual({ state: 'open', text });
		expect(await openText(theirs, 'another')).toEqual({ state: 'wrong passphrase' });
	});

	it('does not keep others waiting while a key is derived', async () => {
		let turns = 0;
		const timer = setInterval(() => turns++, 5);
		await openText(await sealText('text', PASSPHRASE, 16), PASSPHRASE);
		clearInterval(timer);
		expect(turns).toBeGreaterThan(10);
	});

	it('of another kind, or one that would keep us busy, is none', async () => {
		const seal = async (more: (encrypter: Encrypter) => void) => {
			const encrypter = new Encrypter();
			more(encrypter);
			return armor.encode(await encrypter.encrypt('text'));
		};
		const recipient = await identityToRecipient(await generateIdentity());
		const foreign = await seal((encrypter) => encrypter.addRecipient(recipient));
		expect(await openText(foreign, PASSPHRASE)).toEqual({ state: 'wrong passphrase' });
		const stanza = { wrapFileKey: () => [new Stanza(['scrypt', 'A'.repeat(22), '30'], new Uint8Array(32))] };
		expect(await openText(await seal((encrypter) => encrypter.addRecipient(stanza)), PASSPHRASE)).toEqual({ state: 'damaged' });
	});

	it('holds any text', async () => {
		for (const text of ['', 'é\u0000\ud83d\ude00', 'x'.repeat(200_000)]) {
			expect(await openText(await sealText(text, PASSPHRASE, CHEAP), PASSPHRASE)).toEqual({ state: 'open', text });
		}
	});
});
