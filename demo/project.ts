import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The folder in which a person would keep their `flowferry.yaml`; here a temporary one. */
export interface Project {
	folder: string;
	remove(): Promise<void>;
}

export interface ProjectOptions {
	devUrl: string;
	/** The folder that holds an installed `node-red`. */
	nodeRed: string;
	/** Where production is served. */
	port: number;
	variables: Record<string, string>;
}

export async function createProjectFolder(): Promise<Project> {
	const folder = await mkdtemp(join(tmpdir(), 'flowferry-demo-'));
	return { folder, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

export async function writeConfig(folder: string, options: ProjectOptions): Promise<string> {
	const text = renderConfig(options);
	await writeFile(join(folder, 'flowferry.yaml'), text);
	return text;
}

/** JSON strings are YAML strings, so whatever is in them needs no other quoting. */
function renderConfig({ devUrl, nodeRed, port, variables }: ProjectOptions): string {
	return `dev:
  url: ${devUrl}
environments:
  production:
    mode: hot-spare
    port: ${port}
    nodeRed: ${JSON.stringify(nodeRed)}
    hosts: [127.0.0.1]
    variables:
${Object.entries(variables)
	.map(([name, value]) => `      ${name}: ${JSON.stringify(value)}\n`)
	.join('')}    checks:
      - http: /quotes?seq=1&quantity=2&unitPrice=4.2
`;
}

/** Free now; nothing keeps another program from taking it before we do. */
export async function findFreePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as { port: number };
	server.close();
	await once(server, 'close');
	return port;
}
