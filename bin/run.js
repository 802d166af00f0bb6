#!/usr/bin/env node
import { ensureNode } from './node-version.js';

if (await ensureNode()) {
	const { enableCache } = await import('./compile-cache.js');
	enableCache();
	const { execute, settings } = await import('@oclif/core');
	// Where NODE_ENV is `test` or `development`, as in many pipelines, oclif would look for TypeScript sources and warn.
	settings.enableAutoTranspile = false;
	await execute({ dir: import.meta.url });
}
