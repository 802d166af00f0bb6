import type { NodeKnowledge } from './knowledge.ts';

/** Databases, and what belongs to the machine that Node-RED runs on. */
export const host: readonly NodeKnowledge[] = [
	{ types: ['sqlite'], module: 'node-red-node-sqlite', local: 'a database file', acts: true },
	{ types: ['sqlitedb'], module: 'node-red-node-sqlite', inert: true },
	{ types: ['tail'], module: 'node-red-node-tail', emits: 'file', local: 'a file that it follows' },
	{ types: ['fs-ops-*', 'fs-file-lister'], module: 'node-red-contrib-fs-ops', local: 'files that it handles', acts: true },
	{ types: ['play audio'], module: 'node-red-contrib-play-audio', acts: true },
	{ types: ['ping'], module: 'node-red-node-ping', emits: 'poll' },
	{ types: ['cpu', 'Memory', 'OS', 'Drives', 'Uptime', 'CPUs', 'Loadavg'], module: 'node-red-contrib-os' },
	{ types: ['influxdb out', 'influxdb batch', 'postgresql', 'mysql', 'MSSQL', 'mongodb out'], module: 'node-red-contrib-*', acts: true },
	{ types: ['mongodb2 in', 'mongodb3 in', 'mongodb4'], module: 'node-red-contrib-mongodb*', acts: true },
	{
		types: ['influxdb', 'influxdb in', 'postgreSQLConfig', 'MySQLdatabase', 'MSSQL-CN', 'mongodb', 'mongodb in', 'mongodb2', 'mongodb3'],
		module: 'node-red-contrib-*',
		inert: true,
	},
];
