import { createSocket } from 'node:dgram';

/**
 * Prints the port that it listens on, then a line for each datagram: when it came, in nanoseconds of this machine's monotonic clock, and its
 * text. Its own process, so that what keeps another one busy makes no beat later; and it may be in another network namespace.
 *   node ear.ts ADDRESS
 */
const socket = createSocket('udp4');
socket.on('message', (message) => process.stdout.write(`${process.hrtime.bigint()} ${message}\n`));
socket.bind(0, process.argv[2], () => process.stdout.write(`${socket.address().port}\n`));
