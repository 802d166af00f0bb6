/**
 * `describe` for tests that need a program which npm cannot bring. Where it is not installed they are skipped, loudly; with CI
 * or FLOWFERRY_REQUIRE_SERVERS set they fail instead.
 * @param debianPackage its name there
 * @param program where it is; undefined: not installed
 */
export function describeWithServer(debianPackage: string, program: string | undefined, name: string, tests: () => void): void {
	if (program !== undefined) {
		describe(name, tests);
	} else if (process.env.CI || process.env.FLOWFERRY_REQUIRE_SERVERS === '1') {
		describe(name, () => {
			it('finds the server that it needs', () => {
				throw new Error(`${debianPackage} is not installed: on Debian, \`apt-get install ${debianPackage}\``);
			});
		});
	} else {
		process.stderr.write(`\n!!! SKIPPED, ${debianPackage} is not installed: ${name}\n\n`);
		describe.skip(name, tests);
	}
}
