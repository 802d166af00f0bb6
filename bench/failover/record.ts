import { appendFile, readFile } from 'node:fs/promises';
import type { Measured } from './measure.ts';

/** What was measured, one JSON object a line, so that a bench which was broken off goes on where it was. */
export interface Record {
	readonly runs: readonly Measured[];
	add(measured: Measured): Promise<void>;
}

/** @param file null: in memory alone */
export async function openRecord(file: string | null): Promise<Record> {
	const runs = file === null ? [] : await readRuns(file);
	return {
		runs,
		add: async (measured) => {
			runs.push(measured);
			if (file !== null) await appendFile(file, `${JSON.stringify(measured)}\n`);
		},
	};
}

async function readRuns(file: string): Promise<Measured[]> {
	try {
		const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
		return lines.map((line) => JSON.parse(line) as Measured);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
		throw error;
	}
}
