import { libraryOwners, packageOf } from './libraries.ts';
import type { SourceFile } from './source-file.ts';

/** A wall says what is wrong with a file, one sentence for each breach; nothing where it stands. */
export type Wall = (file: SourceFile, files: Map<string, SourceFile>) => string[];

/** Where the world comes in: the only files that read the environment or the folder, or end the process. */
const entries = [
	'src/base-command.ts',
	'src/context.ts',
	'src/runner/main.ts',
	'src/gateway/main.ts',
	'src/keeper/main.ts',
	'src/waker/main.ts',
	'src/agent/plugin.ts',
];

/** Decisions and knowledge: no I/O, no clock, no environment. */
const pure = [
	'src/lib/flows/',
	'src/lib/drawing/',
	'src/lib/lint/',
	'src/lib/plan/',
	'src/lib/promotion/machine.ts',
	'src/lib/cutover/compare-releases.ts',
	'src/lib/config/secrets.ts',
	'src/lib/failover/decide.ts',
	'src/lib/failover/plan-forced.ts',
	'src/lib/kubernetes/cluster-fault.ts',
	'src/lib/kubernetes/names.ts',
	'src/lib/lease/seat.ts',
	'src/lib/lease/timing.ts',
	'src/lib/protection/',
	'src/lib/audit/chain.ts',
	'src/lib/audit/export.ts',
	'src/lib/audit/settle.ts',
	'src/lib/drill/consent.ts',
	'src/lib/drill/judge.ts',
	'src/lib/drill/overlap.ts',
	'src/lib/snapshot/identity.ts',
	'src/lib/snapshot/snapshot-document.ts',
	'src/lib/kubernetes/state/journal-document.ts',
	'src/lib/kubernetes/state/journal-text.ts',
	'src/lib/kubernetes/state/role-changes-text.ts',
	'src/lib/targets/kubernetes/objects/',
];
const pureModules = ['node:assert', 'node:buffer', 'node:crypto', 'node:path', 'node:path/posix', 'node:url', 'node:util', 'node:zlib'];
const clocks = ['Date.now', 'new Date', 'performance.now', 'process.hrtime', 'process.uptime', 'Math.random'];

export const walls: Record<string, Wall> = {
	'the library does not know the programs that use it': (file) =>
		isIn(file.path, 'src/lib/')
			? imports(file, (target) => isIn(target, 'src/') && !isIn(target, 'src/lib/') && !isProtocol(target)).map(
					(target) => `${file.path} imports ${target}`,
				)
			: [],

	'the programs do not know each other': (file) => {
		const programs = ['src/commands/', 'src/runner/', 'src/gateway/', 'src/waker/', 'src/agent/'];
		const own = programs.find((folder) => isIn(file.path, folder));
		if (own === undefined) return [];
		return imports(file, (target) => !isProtocol(target) && programs.some((folder) => folder !== own && isIn(target, folder))).map(
			(target) => `${file.path} imports ${target}`,
		);
	},

	'flows lean on nothing but errors': (file) =>
		isIn(file.path, 'src/lib/flows/')
			? imports(file, (target) => isIn(target, 'src/') && !isIn(target, 'src/lib/flows/', 'src/lib/errors/')).map(
					(target) => `${file.path} imports ${target}`,
				)
			: [],

	'rules do not import each other': (file) =>
		isIn(file.path, 'src/lib/lint/rules/') && !file.path.endsWith('/index.ts')
			? imports(file, (target) => isIn(target, 'src/lib/lint/rules/')).map((target) => `${file.path} imports ${target}`)
			: [],

	'targets import neither each other nor the cutover': (file) => {
		const own = /^src\/lib\/targets\/[^/]+\//.exec(file.path)?.[0];
		if (!isIn(file.path, 'src/lib/targets/')) return [];
		return imports(file, (target) => {
			const other = /^src\/lib\/targets\/[^/]+\//.exec(target)?.[0];
			return isIn(target, 'src/lib/cutover/') || (own !== undefined && other !== undefined && other !== own);
		}).map((target) => `${file.path} imports ${target}`);
	},

	"the agent imports its own files and Node's, nothing else": (file) =>
		isIn(file.path, 'src/agent/')
			? imports(file, (target) => !isIn(target, 'src/agent/', 'node:')).map((target) => `${file.path} imports ${target}`)
			: [],

	'only entries read process.env and process.cwd or call process.exit': (file) => {
		if (entries.includes(file.path)) return [];
		const reads = file.reads.filter((read) => ['process.env', 'process.cwd', 'process.exit'].includes(read));
		const module = imports(file, (target) => target === 'node:process' || target === 'process');
		return [...reads, ...module].map((what) => `${file.path} uses ${what}`);
	},

	'pure code does no I/O and reads no clock, not by way of others either': (file, files) =>
		isIn(file.path, ...pure) ? findImpurities(file, files) : [],

	'a library has one owner': (file) =>
		file.imports.flatMap(({ target }) => {
			const library = packageOf(target);
			if (library === undefined) return [];
			const owners = libraryOwners[library];
			if (owners === undefined) return [`${file.path} imports ${library}, which has no owner in test/support/architecture/libraries.ts`];
			return isIn(file.path, ...owners) ? [] : [`${file.path} imports ${library}, which belongs to ${owners.join(' and ')}`];
		}),
};

/** What a program says over the wire is for those who talk to it; the agent, which may import nothing, keeps it itself. */
function isProtocol(target: string): boolean {
	return /^src\/[^/]+\/protocol\.ts$/.test(target);
}

function imports(file: SourceFile, isForbidden: (target: string) => boolean): string[] {
	return file.imports.map(({ target }) => target).filter(isForbidden);
}

/** `src/lib/` stands for what is in it; a file for itself. */
function isIn(path: string, ...places: string[]): boolean {
	return places.some((place) => (/[/:]$/.test(place) ? path.startsWith(place) : path === place));
}

/** Follows what runs: a type brings no I/O with it. */
function findImpurities(start: SourceFile, files: Map<string, SourceFile>): string[] {
	const found: string[] = [];
	const seen = new Set<string>();
	const descend = (file: SourceFile, trail: string): void => {
		if (seen.has(file.path)) return;
		seen.add(file.path);
		for (const read of file.reads) if (clocks.includes(read)) found.push(`${trail} reads ${read}`);
		for (const { target, typeOnly } of file.imports) {
			if (typeOnly) continue;
			if (target.startsWith('node:') && !pureModules.includes(target)) found.push(`${trail} imports ${target}`);
			const next = files.get(target);
			if (next !== undefined) descend(next, `${trail} → ${target}`);
		}
	};
	descend(start, start.path);
	return found;
}
