/** What an Engine, or the way to it, fails with, by the words in which that comes; pure. */

export interface Explanation {
	code: string;
	message: string;
	hint: string;
}

export interface Rule {
	/** Of the fault's own text: what the Engine, Node.js or ssh said. */
	when: RegExp;
	explain(engine: string, match: RegExpExecArray): Explanation;
}

/** How the way to the Engine fails. First match counts. */
export const connectionRules: Rule[] = [
	{
		when: /\bENOENT\b/,
		explain: (engine) => ({
			code: 'ENGINE_NOT_REACHABLE',
			message: `no Docker Engine listens at ${engine}: there is no such socket`,
			hint: 'start Docker (`systemctl start docker`), or say in docker.host where it listens; a rootless one at unix:///run/user/UID/docker.sock',
		}),
	},
	{
		when: /\b(?:EACCES|EPERM)\b/,
		explain: (engine) => ({
			code: 'ENGINE_DENIED',
			message: `this user may not use the Docker Engine at ${engine}`,
			hint: 'add the user to the group docker (`sudo usermod -aG docker "$USER"`, then log in again), or use a rootless Engine',
		}),
	},
	{
		when: /certificate has expired|CERT_HAS_EXPIRED|SSLV3_ALERT_CERTIFICATE_EXPIRED|alert certificate expired/i,
		explain: (engine) => tls(engine, 'a certificate has expired', "renew it: the Engine's, or the client's cert.pem"),
	},
	{
		when: /ERR_TLS_CERT_ALTNAME_INVALID/,
		explain: (engine) =>
			tls(
				engine,
				"the Engine's certificate is for another name",
				'connect by a name that the certificate holds, or issue one that holds this',
			),
	},
	{
		when: /UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER_CERT|CERT_SIGNATURE_FAILURE|CERT_UNTRUSTED/,
		explain: (engine) =>
			tls(
				engine,
				"the Engine's certificate is not from the authority in ca.pem",
				"take the ca.pem that the Engine's certificate was issued with",
			),
	},
	{
		when: /CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|alert (?:certificate required|bad certificate|unknown ca|handshake failure)/i,
		explain: (engine) =>
			tls(
				engine,
				"the Engine refuses this client's certificate, or misses one",
				'give cert.pem and key.pem of an authority that the Engine trusts',
			),
	},
	{
		when: /ERR_OSSL|KEY_VALUES_MISMATCH|PEM_|ERR_SSL_(?:NO_|EE_|CA_)/,
		explain: (engine) =>
			tls(
				engine,
				'ca.pem, cert.pem or key.pem cannot be used',
				'the three are PEM files; the key is not encrypted, and belongs to cert.pem',
			),
	},
	{
		when: /ERR_SSL_|\bEPROTO\b|server gave HTTP response|HTTP request to an HTTPS server/,
		explain: (engine) => tls(engine, 'one side speaks TLS and the other does not', 'check the port (2376 with TLS) and DOCKER_TLS_VERIFY'),
	},
	{
		when: /\bETIMEDOUT\b|Connection timed out|Operation timed out/,
		explain: (engine) => ({
			code: 'ENGINE_NOT_REACHABLE',
			message: `no connection to ${engine} came about in time`,
			hint: 'check that the machine is up, and that no firewall is between',
		}),
	},
	{
		when: /\b(?:ENOTFOUND|EAI_AGAIN)\b|Could not resolve hostname/,
		explain: (engine) => ({
			code: 'ENGINE_NOT_REACHABLE',
			message: `${engine}: the machine's name is not known here`,
			hint: 'check the name in docker.host, DOCKER_HOST or the docker context',
		}),
	},
	{
		when: /\b(?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH)\b|Connection refused|No route to host/,
		explain: (engine) => ({
			code: 'ENGINE_NOT_REACHABLE',
			message: `nothing listens at ${engine}`,
			hint: 'start Docker there (`systemctl start docker`), and check the address',
		}),
	},
	{
		when: /\b(?:ECONNRESET|EPIPE)\b|socket hang up/,
		explain: (engine) => ({
			code: 'ENGINE_GONE',
			message: `the Docker Engine at ${engine} ended the connection in the middle of a call`,
			hint: 'it was stopped or restarted: run the same command again when it runs',
		}),
	},
];

/** How ssh fails, besides. */
export const sshRules: Rule[] = [
	{
		when: /Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED/,
		explain: (engine) => ({
			code: 'ENGINE_SSH_HOST_KEY',
			message: `ssh does not know the host key of ${engine}, or it has changed`,
			hint: "connect once with `ssh`, compare the fingerprint with the machine's, and accept it; in CI write known_hosts beforehand",
		}),
	},
	{
		when: /Permission denied|Too many authentication failures/,
		explain: (engine) => ({
			code: 'ENGINE_SSH_REFUSED',
			message: `ssh: ${engine} refuses this user's keys`,
			hint: 'try `ssh -o BatchMode=yes` with the same user and machine: the key must be known there, and open without a passphrase (ssh-agent)',
		}),
	},
	{
		when: /command not found|docker: not found/,
		explain: (engine) => ({
			code: 'ENGINE_SSH_NO_DOCKER',
			message: `ssh: there is no command docker on the PATH at ${engine}`,
			hint: 'install the docker command line there: it leads the connection to the Engine',
		}),
	},
	{
		when: /permission denied while trying to connect|connect: permission denied/,
		explain: (engine) => ({
			code: 'ENGINE_DENIED',
			message: `the ssh user may not use the Docker Engine of ${engine}`,
			hint: 'add that user to the group docker there',
		}),
	},
	{
		when: /Cannot connect to the Docker daemon|failed to dial|dial unix/,
		explain: (engine) => ({
			code: 'ENGINE_NOT_REACHABLE',
			message: `ssh works, but no Docker Engine runs at ${engine}`,
			hint: 'start Docker there (`systemctl start docker`)',
		}),
	},
];

/** What an Engine refuses. Its HTTP status says little: an image that a new container lacks is "404, no such container". */
export const answerRules: Rule[] = [
	{
		when: /client version \S+ is too (?:new|old)/,
		explain: (engine, [said]) => ({
			code: 'ENGINE_TOO_OLD',
			message: `the Docker Engine at ${engine} does not speak this version of the API (${said})`,
			hint: 'it was replaced by another one meanwhile: run the same command again; Engine 20.10 or later is needed',
		}),
	},
	{
		when: /could not find an available, non-overlapping IPv4 address pool|all predefined address pools have been fully subnetted/,
		explain: (engine) => ({
			code: 'ENGINE_NO_SUBNETS',
			message: `${engine} has no subnet left for another network`,
			hint: 'remove networks that nothing uses (`docker network ls`), or widen default-address-pools in daemon.json there',
		}),
	},
	{
		when: /Pool overlaps with other one/i,
		explain: (engine) => ({
			code: 'ENGINE_SUBNET_TAKEN',
			message: `the subnet overlaps with another network of ${engine}`,
			hint: 'choose another subnet, or remove the network that has it (`docker network ls`)',
		}),
	},
	{
		when: /(?:Bind for|listen \w+) (?:\S*?:)?(\d+)(?: failed)?:.*(?:port is already allocated|address already in use)/,
		explain: (engine, [, port]) => ({
			code: 'PORT_IN_USE',
			message: `${engine}: port ${port} is taken there by another container or program`,
			hint: `end what listens on ${port} (\`docker ps\`, \`ss -ltnp\`), or publish another port`,
		}),
	},
	{
		when: /no space left on device|disk quota exceeded/i,
		explain: (engine) => ({
			code: 'DISK_FULL',
			message: `no space left on the disk of ${engine}`,
			hint: 'make room there (`docker system df` shows what takes it), then run the same command again',
		}),
	},
	{
		when: /cannot allocate memory|out of memory/i,
		explain: (engine) => ({
			code: 'ENGINE_OUT_OF_MEMORY',
			message: `${engine} has not enough memory for it`,
			hint: 'end something there, or give the machine more memory',
		}),
	},
	{
		when: /pull access denied|unauthorized: |authentication required|no basic auth credentials|denied: requested access/i,
		explain: (engine) => ({
			code: 'IMAGE_PULL_DENIED',
			message: `${engine}: the registry does not give out the image: there is none of that name, or a login is missing`,
			hint: 'check the name; log in to the registry with `docker login`, or bring the image over with `docker save` and `docker load`',
		}),
	},
	{
		when: /manifest (?:for (\S+) not found|unknown)/,
		explain: (engine, [, image]) => ({
			code: 'IMAGE_MISSING',
			message: `${engine}: the registry has no ${image ?? 'such image'}`,
			hint: "check the image's name and version",
		}),
	},
	{
		when: /Get "?https?:\/\/([^/"]+)\/v2\//,
		explain: (engine, [, registry]) => ({
			code: 'REGISTRY_NOT_REACHABLE',
			message: `${engine} cannot reach the registry ${registry}`,
			hint: "check that machine's network and proxy, or bring the image over with `docker save` and `docker load`",
		}),
	},
	{
		when: /container name "\/?([^"]+)" is already in use|network with name (\S+) already exists|the container name "?\/?([^" ]+)"? is already in use/i,
		explain: (engine, [, container, network, other]) => ({
			code: 'ENGINE_NAME_TAKEN',
			message: `${engine} has a ${network ? 'network' : 'container'} named ${container ?? network ?? other} already`,
			hint: 'it is not part of this environment, or another command is at work: look at it, and rename or remove it',
		}),
	},
	{
		when: /(?:using its referenced image|volume is in use|has active endpoints|image is being used)/,
		explain: (engine, match) => ({
			code: 'ENGINE_IN_USE',
			message: `${engine} does not remove what is in use: ${match.input}`,
			hint: 'remove the container that uses it first (`docker ps -a`)',
		}),
	},
	{
		when: /Container (\w+) is (?:not running|paused)/i,
		explain: (engine, match) => ({
			code: 'CONTAINER_NOT_RUNNING',
			message: `${engine}: ${match[0].replace(/[0-9a-f]{64}/, (id) => id.slice(0, 12))}`,
			hint: 'its log says why (`docker logs`); start or unpause it',
		}),
	},
	// Podman says the same in other words.
	{
		when: /No such image: (?:docker\.io\/library\/)?([^\s:]+(?::[^\s:]+)?)/i,
		explain: (engine, [, name]) => missing(engine, 'IMAGE_MISSING', 'image', name),
	},
	{
		when: /No such container: (\S+)|no container with name or ID "([^"]+)" found/i,
		explain: (engine, [, docker, podman]) => missing(engine, 'CONTAINER_MISSING', 'container', docker ?? podman),
	},
	{
		when: /network (\S+) not found|network with name or ID (\S+?):/i,
		explain: (engine, [, docker, podman]) => missing(engine, 'NETWORK_MISSING', 'network', docker ?? podman),
	},
	{
		when: /get (\S+): no such volume|volume with name (\S+) not found/i,
		explain: (engine, [, docker, podman]) => missing(engine, 'VOLUME_MISSING', 'volume', docker ?? podman),
	},
];

function tls(engine: string, what: string, hint: string): Explanation {
	return { code: 'ENGINE_TLS', message: `${engine}: ${what}`, hint };
}

function missing(engine: string, code: string, kind: string, name: string | undefined): Explanation {
	return {
		code,
		message: `${engine} has no ${kind} ${name}`,
		hint: kind === 'image' ? 'build, pull or load it there' : 'it was removed meanwhile: run the same command again to see what is there',
	};
}
