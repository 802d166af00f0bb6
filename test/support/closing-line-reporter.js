import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Ends the output with the plain line that says how many tests ran: `N passed, N failed, N skipped`. With FLOWFERRY_TEST_COUNTS, a
 * file, it counts what ran before into it, so that the last of several runs tells of all.
 */
export default class ClosingLineReporter {
	onRunComplete(_contexts, results) {
		const file = process.env.FLOWFERRY_TEST_COUNTS;
		const before = file ? readCounts(file) : [0, 0, 0];
		// A suite that could not even load counts as one failure: its tests never ran.
		const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
		const now = [results.numPassedTests, failed, results.numPendingTests + results.numTodoTests];
		const counts = now.map((count, index) => count + before[index]);
		if (file) writeFileSync(file, JSON.stringify(counts));
		// At the very end: jest's own summary comes after the reporters.
		process.once('exit', () => process.stdout.write(`${counts[0]} passed, ${counts[1]} failed, ${counts[2]} skipped\n`));
	}
}

function readCounts(file) {
	try {
		return JSON.parse(readFileSync(file, 'utf8'));
	} catch {
		return [0, 0, 0];
	}
}
