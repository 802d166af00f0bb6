/** The backend of the benchmark, a process of its own: answers each request with 1 kB, and tells its address. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const answer = Buffer.alloc(1024, 'x');
const server = createServer((request, response) => {
	request.resume();
	response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': answer.length }).end(answer);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`));
// Ends with whoever started it.
process.stdin.on('end', () => process.exit()).resume();
