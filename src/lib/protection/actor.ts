import { escaped } from '../config/secrets.ts';
/** Who changes an environment. */
export interface Actor {
	/** `Name <mail>` as git would sign, `github:octocat` as a CI system says, or what the configuration names. */
	identity: string;
	/**
	 * - `ci`: the CI system set it · `configuration`: `protected.identity`
	 * - `git`: git's configuration, which whoever uses it may write · `login`: the login name, where git knows nobody
	 */
	source: 'ci' | 'configuration' | 'git' | 'login';
	/** The process: `user@host (pid 123)`. */
	operator: string;
	/** The address of the CI job; null elsewhere, and where the CI system does not say. */
	job: string | null;
}

type Variables = Readonly<Record<string, string | undefined>>;

interface CiSystem {
	name: string;
	/** Set by it in every job. */
	mark: string;
	/** Who started the job, by login name; the first that is set. */
	actor: readonly string[];
	job(env: Variables): string | undefined;
}

/** By their own documentation of predefined variables. */
const ciSystems: readonly CiSystem[] = [
	{
		name: 'github',
		mark: 'GITHUB_ACTIONS',
		// Where a job is run again, the first is who had it run again; the other who began it.
		actor: ['GITHUB_TRIGGERING_ACTOR', 'GITHUB_ACTOR'],
		job: ({ GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run }) =>
			server && repository && run ? `${server}/${repository}/actions/runs/${run}` : undefined,
	},
	{ name: 'gitlab', mark: 'GITLAB_CI', actor: ['GITLAB_USER_LOGIN'], job: ({ CI_JOB_URL }) => CI_JOB_URL },
	{
		name: 'azure',
		mark: 'TF_BUILD',
		actor: ['BUILD_REQUESTEDFOREMAIL', 'BUILD_REQUESTEDFOR'],
		job: ({ SYSTEM_COLLECTIONURI: server, SYSTEM_TEAMPROJECT: project, BUILD_BUILDID: build }) =>
			server && project && build ? `${server}${encodeURIComponent(project)}/_build/results?buildId=${build}` : undefined,
	},
	{ name: 'buildkite', mark: 'BUILDKITE', actor: ['BUILDKITE_BUILD_CREATOR_EMAIL'], job: ({ BUILDKITE_BUILD_URL }) => BUILDKITE_BUILD_URL },
	{ name: 'circleci', mark: 'CIRCLECI', actor: ['CIRCLE_USERNAME'], job: ({ CIRCLE_BUILD_URL }) => CIRCLE_BUILD_URL },
	{ name: 'jenkins', mark: 'JENKINS_URL', actor: ['BUILD_USER_ID'], job: ({ BUILD_URL }) => BUILD_URL },
];

/** What the CI system says of the job that we run in; null outside of CI. Pure. */
export function readCi(env: Variables): { actor: string | null; job: string | null } | null {
	const system = ciSystems.find(({ mark }) => env[mark]);
	if (!system) return null;
	const login = system.actor.map((name) => env[name]).find(Boolean);
	return { actor: login ? `${system.name}:${login}` : null, job: system.job(env) ?? null };
}

/** The same person, however their name is written: of `Name <mail>` the address counts. */
export function isSamePerson(one: string, other: string): boolean {
	return personOf(one) === personOf(other);
}

function personOf(identity: string): string {
	return (mailOf(identity) ?? identity).toLowerCase();
}

function mailOf(identity: string): string | undefined {
	return /<([^<>]+)>\s*$/.exec(identity)?.[1];
}

/**
 * Whether a pattern means this identity: all of it, or its address alone. `*` stands for any text; upper and lower case are the
 * same. What git or the login name says as a CI system would (`GitHub:octocat`) means nobody.
 */
export function isMeant(pattern: string, { identity, source }: Pick<Actor, 'identity' | 'source'>): boolean {
	const isSaidByAnybody = source === 'git' || source === 'login';
	const texts = source === 'ci' ? [identity] : [identity, mailOf(identity)];
	const expression = new RegExp(`^${pattern.split('*').map(escaped).join('[^]*')}$`, 'i');
	return texts.some((text) => text !== undefined && expression.test(text) && !(isSaidByAnybody && readsLikeCi(text)));
}

function readsLikeCi(text: string): boolean {
	return ciSystems.some(({ name }) => text.toLowerCase().startsWith(`${name}:`));
}
