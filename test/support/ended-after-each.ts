/** What a test puts here is ended after it, whether it fails or not; in the order in which it was begun. */
export function endedAfterEach(): (() => unknown)[] {
	const begun: (() => unknown)[] = [];
	afterEach(async () => {
		for (const end of begun.splice(0)) await end();
	});
	return begun;
}
