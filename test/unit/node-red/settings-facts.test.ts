import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readSettingsText } from '../../../src/lib/flows/settings-text.ts';
import { factsOfDiagnostics, factsOfSettings } from '../../../src/lib/node-red/settings-facts.ts';

const facts = (text: string) => factsOfSettings(readSettingsText(text)!);
const plain = { contextStorage: {}, functionGlobals: [], nodeCloseTimeout: null, httpNodeRoot: null, httpAdminRoot: null };

describe('what settings tell', () => {
	it('is what changes flows, by names alone', () => {
		expect(
			facts(`module.exports = {
				contextStorage: { default: 'memory', memory: { module: 'memory' }, file: { module: 'localfilesystem' }, own: { module: require('x') } },
				functionGlobalContext: { os: require('os'), secret: 'do not tell' },
				nodeCloseTimeout: 30000, httpNodeRoot: '/api', httpAdminRoot: false }`),
		).toEqual({
			contextStorage: { default: 'memory', memory: 'memory', file: 'localfilesystem', own: '(computed)' },
			functionGlobals: ['os', 'secret'],
			nodeCloseTimeout: 30000,
			httpNodeRoot: '/api',
			httpAdminRoot: false,
		});
	});

	it('leaves open what only running them would tell', () => {
		expect(facts('module.exports = { contextStorage: stores, functionGlobalContext: { ...all }, httpRoot: process.env.ROOT }')).toEqual({
			contextStorage: null,
			functionGlobals: null,
			nodeCloseTimeout: null,
			httpNodeRoot: '(computed)',
			httpAdminRoot: '(computed)',
		});
	});

	it.each(['node-red', 'node-red-4'])('is nothing of its own for the settings that %s ships', (program) => {
		const file = fileURLToPath(new URL(`../../../node_modules/${program}/settings.js`, import.meta.url));
		expect(facts(readFileSync(file, 'utf8'))).toEqual(plain);
	});
});

describe('what a diagnostics report tells', () => {
	it('is less', () => {
		const settings = { contextStorage: { default: { module: 'memory' } }, httpNodeRoot: 'UNSET', httpAdminRoot: '/red' };
		expect(factsOfDiagnostics({ nodejs: { version: 'v24.1.0' }, runtime: { settings } })).toEqual({
			node: '24.1.0',
			settings: { ...plain, functionGlobals: null, contextStorage: { default: 'memory' }, httpAdminRoot: '/red' },
		});
	});

	it.each([null, {}, { runtime: 1, nodejs: 'x' }, []])('is nothing in %j', (report) => {
		expect(factsOfDiagnostics(report)).toEqual({ node: null, settings: null });
	});
});
