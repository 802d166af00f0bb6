import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** An authority for certificates, made by openssl for one test. */
export interface Authority {
	/** Its own certificate. */
	ca: string;
	/**
	 * Writes `<name>.pem` and `<name>-key.pem` into its folder.
	 * @param days below zero: it has expired
	 * @param subject default: `/CN=<name>`
	 */
	issue(name: string, use: 'serverAuth' | 'clientAuth', names?: string, days?: number, subject?: string): Promise<IssuedCertificate>;
}

export interface IssuedCertificate {
	cert: string;
	key: string;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

export async function createAuthority(folder: string): Promise<Authority> {
	await mkdir(folder, { recursive: true });
	const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
	openssl('req', '-x509', ...NEW_KEY, '-keyout', 'ca-key.pem', '-out', 'ca.pem', '-subj', '/CN=flowferry test authority', '-days', '2');
	return authorityIn(folder);
}

/** One that is there already: `ca.pem` and `ca-key.pem` are in the folder. */
export function authorityIn(folder: string): Authority {
	const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
	return {
		ca: join(folder, 'ca.pem'),
		issue: async (name, use, names = '', days = 2, subject = `/CN=${name}`) => {
			openssl('req', ...NEW_KEY, '-keyout', `${name}-key.pem`, '-out', `${name}.csr`, '-subj', subject);
			const alternative = names === '' ? '' : `subjectAltName=${names}\n`;
			await writeFile(join(folder, `${name}.cnf`), `extendedKeyUsage=${use}\n${alternative}`);
			const files = ['-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca-key.pem', '-out', `${name}.pem`, '-extfile', `${name}.cnf`];
			openssl('x509', '-req', ...files, '-days', String(days));
			return { cert: join(folder, `${name}.pem`), key: join(folder, `${name}-key.pem`) };
		},
	};
}
