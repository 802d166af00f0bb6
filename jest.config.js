/**
 * Unit and contract tests run in parallel; scenarios and end-to-end tests start real servers, one file at a time; corpus and fuzz take
 * their time. `npm test` is all of these; `npm run test:long` is what takes minutes for one promise,
 * `npm run test:docker` what needs a Docker Engine, `npm run test:kubernetes` what needs a Kubernetes cluster; either with `:long`, what takes
 * minutes there.
 */
/** A busy machine takes seconds for what takes milliseconds: only a test that hangs runs into this. */
const slow = { setupFilesAfterEnv: ['<rootDir>/test/support/long-timeout.js'] };
const base = {
	extensionsToTreatAsEsm: ['.ts'],
	transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } }] },
	testEnvironment: 'node',
	testPathIgnorePatterns: ['/node_modules/', '/dist/'],
	modulePathIgnorePatterns: ['<rootDir>/dist/'],
};

export default {
	maxWorkers: 2,
	reporters: ['default', '<rootDir>/test/support/closing-line-reporter.js'],
	projects: [
		{ ...base, ...slow, displayName: 'unit', testMatch: ['<rootDir>/test/unit/**/*.test.ts'] },
		{ ...base, ...slow, displayName: 'contract', testMatch: ['<rootDir>/test/contract/**/*.test.ts'] },
		{ ...base, ...slow, displayName: 'corpus', testMatch: ['<rootDir>/test/corpus/**/*.test.ts'] },
		{ ...base, ...slow, displayName: 'fuzz', testMatch: ['<rootDir>/test/fuzz/**/*.test.ts'] },
		{ ...base, ...slow, displayName: 'scenarios', testMatch: ['<rootDir>/test/scenarios/**/*.test.ts'] },
		{ ...base, ...slow, displayName: 'long', testMatch: ['<rootDir>/test/long/**/*.test.ts'] },
		{ ...base, ...slow, displayName: 'docker', testMatch: ['<rootDir>/test/docker/*.test.ts'] },
		{ ...base, ...slow, displayName: 'docker-long', testMatch: ['<rootDir>/test/docker/long/*.test.ts'] },
		{ ...base, ...slow, displayName: 'kubernetes', testMatch: ['<rootDir>/test/kubernetes/*.test.ts'] },
		{ ...base, ...slow, displayName: 'kubernetes-long', testMatch: ['<rootDir>/test/kubernetes/long/*.test.ts'] },
		{ ...base, ...slow, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.test.ts'] },
	],
};
