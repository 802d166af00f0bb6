import type { Socket } from 'node:net';

/**
 * Closes a waiting socket when its client closes: nobody reads from the socket yet, so nobody would notice. Takes out no
 * data. Returns the end of the watch, for when the socket is passed on.
 */
export function closeOnDeparture(socket: Socket): () => void {
	const look = () => {
		// Readable without anything to read: the end. Reading it is what makes the socket say so.
		if (socket.readableLength === 0) socket.read();
	};
	const leave = () => socket.destroy();
	socket.on('readable', look);
	socket.on('end', leave);
	return () => {
		socket.off('readable', look);
		socket.off('end', leave);
	};
}
