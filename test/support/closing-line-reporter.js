/** Ends the output with the plain line that says how many tests ran: `N passed, N failed, N skipped`. */
export default class ClosingLineReporter {
	onRunComplete(_contexts, results) {
		const skipped = results.numPendingTests + results.numTodoTests;
		// A suite that could not even load counts as one failure: its tests never ran.
		const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
		// At the very end: jest's own summary comes after the reporters.
		process.once('exit', () => process.stdout.write(`${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`));
	}
}
