import { join } from 'node:path';
import { mapName, occupantName, socketName } from './config-file.ts';

/** An environment's HAProxy's files, as absolute paths, all in one folder: its working directory. */
export interface HaproxyFiles {
	directory: string;
	configFile: string;
	mapFile: string;
	/** The runtime socket, for the owner alone. */
	socketFile: string;
	/** Where a hold's occupant is sent. */
	occupantFile: string;
	stateFile: string;
	logFile: string;
}

export function haproxyFiles(directory: string): HaproxyFiles {
	return {
		directory,
		configFile: join(directory, 'haproxy.cfg'),
		mapFile: join(directory, mapName),
		socketFile: join(directory, socketName),
		occupantFile: join(directory, occupantName),
		stateFile: join(directory, 'haproxy.state.json'),
		logFile: join(directory, 'haproxy.log'),
	};
}
