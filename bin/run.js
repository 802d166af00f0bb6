#!/usr/bin/env node
import { ensureNode } from './node-version.js';

if (await ensureNode()) {
	const { execute } = await import('@oclif/core');
	await execute({ dir: import.meta.url });
}
