/**
 * Mutates flow files for some seconds and checks what must hold. A process of its own, so that a hang can be seen and ended.
 * Arguments: seconds, first seed, files. Writes the seed and file of each case before it begins, as a line; a failure as a line `failed …`.
 */
import { readFileSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { inspect } from 'node:util';
import { createRandom } from '../../bench/flows/random.ts';
import { checkInvariants } from './invariants.ts';
import { mutate } from './mutate.ts';

const [seconds, firstSeed, ...files] = process.argv.slice(2);
const texts = files.map((file) => ({ name: basename(file), text: readFileSync(file, 'utf8') }));
const end = performance.now() + Number(seconds) * 1000;

for (let seed = Number(firstSeed); performance.now() < end; seed++) {
	const random = createRandom(seed);
	const { name, text } = texts[seed % texts.length]!;
	say(`case ${seed} ${name}`);
	try {
		checkInvariants(mutate(text, random), random);
	} catch (error) {
		say(`failed ${seed} ${name}: ${inspect(error)}`);
		process.exit(1);
	}
}
say('done');

function say(line: string): void {
	writeSync(1, `${line.replaceAll('\n', '\\n')}\n`);
}
