import { mapName } from './config-file.ts';
import { isHoldBackend } from './hold-backends.ts';

/** The commands whose answers, together, `readFacts` reads. */
export const factCommands: readonly string[] = [
	'show info',
	`show map ${mapName}`,
	'show stat -1 3 -1', // frontends and backends
	'show stat requests 4 -1', // servers
	'show stat websockets 4 -1',
	'show stat nowhere 4 -1',
];

/** What HAProxy says of itself. */
export interface HaproxyFacts {
	pid: number;
	/** The map that the traffic follows. */
	map: { state: string; hold: string; room: number; since: string };
	/** Servers of the flows, of both backends. */
	servers: ServerFacts[];
	holds: HoldFacts[];
	/** Requests on their way to a server: just let out of a hold, or `retried`. */
	between: number;
	/** Requests and WebSockets that no server has accepted yet. */
	retried: number;
	totals: { requests: number; failed: number; held: number };
}

export interface ServerFacts {
	backend: 'requests' | 'websockets';
	/** `blue-0`. */
	name: string;
	/** `127.0.0.1:40123`. */
	address: string;
	/** Gets what comes from now on. */
	ready: boolean;
	/** Inside it now. */
	inside: number;
}

export interface HoldFacts {
	/** `hold-10000`. */
	name: string;
	waiting: number;
	/** Its gate's room is taken. */
	occupied: boolean;
}

type Row = Record<string, string>;

/** Pure. @throws Error where the answer lacks what it should have */
export function readFacts(answer: string): HaproxyFacts {
	const lines = answer.split('\n');
	const pid = Number(lines.map((line) => /^Pid: (\d+)$/.exec(line)?.[1]).find(Boolean));
	const rows = readRows(lines);
	const map = new Map(lines.flatMap((line) => [...line.matchAll(/^0x[0-9a-f]+ (\w+) (.*)$/g)].map(([, key, value]) => [key, value])));
	if (!Number.isInteger(pid) || !map.has('state') || rows.length === 0) throw new Error('HAProxy answered what flowferry cannot read');

	const backend = (name: string) => rows.find(({ pxname, svname }) => pxname === name && svname === 'BACKEND') ?? {};
	const frontend = (name: string) => rows.find(({ pxname, svname }) => pxname === name && svname === 'FRONTEND') ?? {};
	const serversOf = (name: string) => rows.filter(({ pxname, type }) => pxname === name && type === '2');

	const servers = (['requests', 'websockets'] as const).flatMap((name) => serversOf(name).map((row) => toServer(name, row)));
	const occupants = new Map(serversOf('nowhere').map((row) => [row.svname, count(row.scur)]));
	const holdRows = rows.filter(({ pxname, svname }) => isHoldBackend(pxname ?? '') && svname === 'BACKEND');
	const letOut = sum(holdRows, ({ scur, qcur }) => count(scur) - count(qcur)) - count(frontend('inner').scur);
	const flows = [backend('requests'), backend('websockets')];
	const retried = Math.max(0, sum(flows, ({ scur }) => count(scur)) - sum(servers, ({ inside }) => inside));
	return {
		pid,
		map: {
			state: map.get('state') ?? '',
			hold: map.get('hold') ?? '',
			room: Number(map.get('room')),
			since: map.get('since') ?? '',
		},
		servers,
		holds: holdRows.map(({ pxname = '', qcur }) => ({
			name: pxname,
			waiting: count(qcur),
			occupied: (occupants.get(pxname) ?? 0) > 0,
		})),
		between: Math.max(0, letOut) + retried,
		retried,
		totals: {
			requests: count(frontend('public').req_tot),
			failed:
				sum([frontend('public'), frontend('inner')], ({ intercepted }) => count(intercepted)) +
				sum([...flows, ...holdRows], ({ econ, eresp }) => count(econ) + count(eresp)),
			held: sum(holdRows, ({ stot }) => count(stot)) - count(frontend('occupant').stot),
		},
	};
}

/** The tables of `show stat`, each under a line with the names of its columns. */
function readRows(lines: readonly string[]): Row[] {
	const rows: Row[] = [];
	let columns: string[] | null = null;
	for (const line of lines) {
		if (line.startsWith('# pxname,')) columns = line.slice(2).split(',');
		else if (line === '') columns = null;
		else if (columns !== null) {
			const values = line.split(',');
			rows.push(Object.fromEntries(columns.map((column, index) => [column, values[index] ?? ''])));
		}
	}
	return rows;
}

function toServer(backend: ServerFacts['backend'], { svname = '', addr = '', status = '', scur }: Row): ServerFacts {
	return { backend, name: svname, address: addr, ready: !status.startsWith('MAINT'), inside: count(scur) };
}

function count(text: string | undefined): number {
	return Number(text ?? 0) || 0;
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
	return items.reduce((total, item) => total + value(item), 0);
}
