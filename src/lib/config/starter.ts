import type { Mode } from '../flows/mode.ts';
import type { TargetKind } from '../targets/target-kind.ts';
import { yamlText } from './yaml-text.ts';

/** What a first configuration says; all else has a default. */
export interface Starter {
	dev: { url: string } | { userDir: string };
	/** The environment's name. */
	environment: string;
	mode: Mode;
	/** Default: process. */
	target?: TargetKind;
}

/** Where the JSON Schema lies, seen from the configuration file. */
export const SCHEMA_FILE = '.flowferry/flowferry.schema.json';

const places: Record<TargetKind, string> = {
	process: '',
	docker: `
    target: docker # containers of the Docker Engine that the docker command uses; docker.host names another`,
	kubernetes: `
    target: kubernetes # pods of the cluster that kubectl uses; kubernetes.context and kubernetes.namespace name others
    # kubernetes:
    #   image: registry.example/plant:{snapshot} # by flowferry image build; promote --image names one for a single promotion`,
};

/** The text of a first `flowferry.yaml`. */
export function renderStarter({ dev, environment, mode, target = 'process' }: Starter): string {
	const source = 'url' in dev ? `url: ${scalar(dev.url)}` : `userDir: ${scalar(dev.userDir)}`;
	const signIn = 'url' in dev ? '\n  # token: ${DEV_TOKEN} # if it asks for a sign-in' : '';
	const meaning = mode === 'hot-spare' ? 'one instance at a time runs the flows' : 'all instances run the flows';
	return `# yaml-language-server: $schema=${SCHEMA_FILE}
# Every key: docs/configuration.md. Secrets are written as \${NAME} and read from the environment.

# Where flows are developed.
dev:
  ${source}${signIn}

# Where releases run.
environments:
  ${scalar(environment)}:
    mode: ${mode} # ${meaning}${places[target]}
    port: 8080 # where its HTTP and WebSockets are served
`;
}

function scalar(text: string): string {
	return yamlText(text).trimEnd();
}
