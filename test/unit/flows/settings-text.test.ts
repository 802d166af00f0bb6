import { COMPUTED, readSettingsText } from '../../../src/lib/flows/settings-text.ts';

describe('settings as text', () => {
	it('tell what is written out, and where a program would decide', () => {
		const text = `#!/usr/bin/env node
			/* module.exports = { flowFile: 'a comment' } */
			const os = require('os');
			module.exports = {
				flowFile: 'flows.json', // credentialSecret: 'a comment'
				'credentialSecret': "s3cret",
				nodeCloseTimeout: 2 * 1000,
				uiPort: process.env.PORT || 1880,
				offset: -5,
				plain: \`text\`,
				filled: \`\${os}\`,
				httpAdminRoot: false,
				list: [1, 'a', os],
				functionGlobalContext: { os: os, three: 3, ['x']: 1 },
				computed: { [os]: 1 },
				spread: { ...os, a: 1 },
				logging: { console: { level: "info" } },
				adminAuth() { return 1 },
			}`;
		expect(readSettingsText(text)).toEqual({
			flowFile: 'flows.json',
			credentialSecret: 's3cret',
			nodeCloseTimeout: COMPUTED,
			uiPort: COMPUTED,
			offset: -5,
			plain: 'text',
			filled: COMPUTED,
			httpAdminRoot: false,
			list: [1, 'a', COMPUTED],
			functionGlobalContext: { os: COMPUTED, three: 3, x: 1 },
			computed: COMPUTED,
			spread: COMPUTED,
			logging: { console: { level: 'info' } },
			adminAuth: COMPUTED,
		});
	});

	it.each([
		['no program', 'module.exports = {'],
		['a function', 'module.exports = make()'],
		['a spread at the top', 'module.exports = { ...base, flowFile: "a" }'],
		['a later assignment', 'module.exports = { flowFile: "a" }; module.exports.flowFile = "b";'],
		['two exports', 'module.exports = { a: 1 }; module.exports = { a: 2 };'],
		['nothing', ''],
		['an ES module', 'export default { flowFile: "a" }'],
	])('tell nothing for %s', (_, text) => {
		expect(readSettingsText(text)).toBeNull();
	});
});
